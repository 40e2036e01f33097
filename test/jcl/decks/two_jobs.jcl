//FIRST    JOB 1,'ONE',CLASS=A
//S1       EXEC PGM=A
//*
//* the second job
//SECOND   JOB 1,'TWO',CLASS=A
//S1       EXEC PGM=A,BAD=1
