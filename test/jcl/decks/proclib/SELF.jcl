//SELF     PROC
//S1       EXEC PGM=IEFBR14
//S2       EXEC SELF
//         PEND
