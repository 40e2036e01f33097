//CASC     JOB 1,'CASCADE',CLASS=A
//S1       EXEC NOPROC
//S1.D1    DD DUMMY
//S2       EXEC PGM=A,COND=(0,NE,S1.X)
//         IF (S1.X.RC = 0) THEN
//S3       EXCE PGM=B
//         ENDIF
//S4       EXEC PGM=C,COND=(4,LT,S3)
//D1       DD DSN=*.S1.X.OUT,DISP=SHR
