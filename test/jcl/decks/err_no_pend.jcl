//NOPEND   JOB 1,'BAD',CLASS=A
//P        PROC
//S        EXEC PGM=X
//
