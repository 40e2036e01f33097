//MISPL    JOB 1,'BAD',CLASS=A
//D1       DD DSN=A.B,DISP=SHR
//         ELSE
//         ENDIF
//         PEND
//S1       EXEC PGM=A
//JOBLIB   DD DSN=A.B,DISP=SHR
//         JCLLIB ORDER=A.B
//         IF RC = 0 THEN
//S2       EXEC PGM=A
//         DD DSN=A.B,DISP=SHR
