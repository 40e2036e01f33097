//BADSYM   JOB 1,'BAD',CLASS=A
//P        PROC A=1
//S        EXEC PGM=X,PARM='&A&B'
//         PEND
//J1       EXEC P,A=2,B=3,REGON=4M
//J2       EXEC P,PARM.NOPE='X'
//NO.D1    DD DUMMY
//J3       EXEC PGM=Y
//J3.D1    DD DUMMY
