//COMM     JOB 1,'COMMENTS',CLASS=A
//S1       EXEC PGM=A      this comment goes on                        X
//             to this card, DSN=NOTHING
//D1       DD DSN=A.B,    comment after a comma
//* one comment card
//*
//            DISP=SHR    and another
//*
