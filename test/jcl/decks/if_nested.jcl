//IFJOB    JOB 1,'IF',CLASS=A
//S1       EXEC PGM=A
//CHK1     IF (S1.RC = 0 AND ¬ABEND) THEN
//S2       EXEC PGM=B
//         IF S2.RC GT 4 | S2.ABENDCC = S0C7 THEN
//S3       EXEC PGM=C
//         ELSE
//S4       EXEC PGM=D
//         ENDIF
//         ELSE       otherwise
//S5       EXEC PGM=E,COND=EVEN
//CHK1E    ENDIF
// IF (S1.RUN = TRUE &
//     NOT (RC >= 8))
//     OR ABENDCC = U0100 THEN comment here
//S6       EXEC PGM=F
// ENDIF
