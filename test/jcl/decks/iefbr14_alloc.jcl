//ALLOC01  JOB (1234),'J SMITH',CLASS=A,MSGCLASS=H,                     00000100
//             MSGLEVEL=(1,1),NOTIFY=&SYSUID                            00000200
//*-------------------------------------------------------------------* 00000300
//*  allocate the master file; delete it first when it is there       * 00000400
//*-------------------------------------------------------------------* 00000500
//DELETE   EXEC PGM=IEFBR14                                             00000600
//DD1      DD DSN=PROD.MASTER.FILE,DISP=(MOD,DELETE,DELETE),            00000700
//            UNIT=SYSDA,SPACE=(TRK,0)                                  00000800
//CREATE   EXEC PGM=IEFBR14                                             00000900
//DD1      DD DSN=PROD.MASTER.FILE,                                     00001000
//            DISP=(NEW,CATLG,DELETE),                                  00001100
//            UNIT=SYSDA,                                               00001200
//            SPACE=(CYL,(10,5),RLSE),                                  00001300
//            DCB=(RECFM=FB,LRECL=133,BLKSIZE=0)                        00001400
//                                                                      00001500
