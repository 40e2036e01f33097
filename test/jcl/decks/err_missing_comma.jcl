//NOCOMMA  JOB 1,'BAD',CLASS=A
//             MSGCLASS=X
//S1       EXEC PGM=A
//D1       DD DSN=A.B
//            DISP=SHR
