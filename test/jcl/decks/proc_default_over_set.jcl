//PRECED   JOB 1,'PRECEDENCE',CLASS=A
//P        PROC A=DEFAULT,B=DEFB
//S        EXEC PGM=X,PARM='&A &B &C'
//         SET A=INPROC
//T        EXEC PGM=X,PARM='&A &B &C'
//         PEND
//         SET A=SETA,C=SETC
//J1       EXEC P
//J2       EXEC P,B=EXECB
//         SET C=LATER
//S.D1     DD DUMMY
//J3       EXEC PGM=X,PARM='&A &C'
