//IFPROC   JOB 1,'IF IN PROC',CLASS=A
//P        PROC
//A        EXEC PGM=A
//         IF (A.RC = 0) THEN
//B        EXEC PGM=B
//         ENDIF
//         PEND
//ONE      EXEC P
//TWO      EXEC P
//         IF (ONE.A.RC = 0 & TWO.B.RUN) THEN
//LAST     EXEC PGM=C
//         ENDIF
