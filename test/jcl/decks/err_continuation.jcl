//NOCONT   JOB 1,'BAD',CLASS=A,
//S1       EXEC PGM=A,
//                   PARM='LATE'
//D1       DD DSN=A.B,DISP=SHR,
