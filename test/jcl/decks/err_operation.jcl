//BADOP    JOB 1,'BAD',CLASS=A
//S1       EXCE PGM=A
//S2       exec PGM=A
//S3
//SET X=1
//S4       EXEC PGM=IEFBR14
