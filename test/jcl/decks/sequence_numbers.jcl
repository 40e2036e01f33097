//SEQNO    JOB 1,'SEQUENCE',CLASS=A                                     00000100
//S1       EXEC PGM=A,                                                  00000200
//             PARM='X'                                                 00000300
//D1       DD *                                                         00000400
DATA LINE KEEPS ITS NUMBERS                                             00000500
/*                                                                      00000600
//D2       DD DSN=A.B,DISP=SHR                                          00000700
