//BADIF    JOB 1,'BAD',CLASS=A
//S1       EXEC PGM=A
//         IF (S1.RC = ) THEN
//         ENDIF
//         IF (S1.RC = 0 THEN
//         ENDIF
//         IF S1.CC = 0 THEN
//         ENDIF
//         IF RC = 5000 THEN
//         ENDIF
//         IF NOSTEP.RC = 0 THEN
//         ENDIF
//         IF RC = 0
//S2       EXEC PGM=B
//         ENDIF
