//PAYROLL  JOB (PAY,001),'PAYROLL RUN',CLASS=A,MSGCLASS=X,              00000100
//             NOTIFY=&SYSUID,REGION=0M                                 00000200
//         JCLLIB ORDER=(PROD.PROCLIB)                                  00000300
//         SET HLQ=PAY.PROD                                             00000400
//*                                                                     00000500
//COMPILE  EXEC IGYWCLG,PARM.COBOL='LIB'                                00000600
//COBOL.SYSIN DD DSN=&HLQ..SOURCE(PAYCALC),DISP=SHR                     00000700
//GO.EMPIN  DD DSN=&HLQ..EMPLOYEE,DISP=SHR                              00000800
//GO.PAYOUT DD DSN=&HLQ..PAY(+1),DISP=(NEW,CATLG,DELETE),               00000900
//             SPACE=(TRK,(10,10),RLSE),UNIT=SYSDA,                     00001000
//             DCB=(RECFM=FB,LRECL=80)                                  00001100
//         IF (COMPILE.GO.RC <= 4) THEN                                 00001200
//SORTSTEP EXEC PGM=SORT                                                00001300
//SYSOUT   DD SYSOUT=*                                                  00001400
//SORTIN   DD DSN=&HLQ..PAY(+1),DISP=SHR                                00001500
//SORTOUT  DD DSN=&&SORTED,DISP=(,PASS),SPACE=(TRK,(10,10))             00001600
//SYSIN    DD *                                                         00001700
  SORT FIELDS=(1,6,CH,A)                                                00001800
/*                                                                      00001900
//REPORT   EXEC PGM=PAYRPT,COND=(4,LT,SORTSTEP)                         00002000
//STEPLIB  DD DSN=&HLQ..LOADLIB,DISP=SHR                                00002100
//PAYIN    DD DSN=&&SORTED,DISP=(OLD,DELETE)                            00002200
//RPT      DD SYSOUT=*                                                  00002300
//         ELSE                                                         00002400
//FAILED   EXEC PGM=IEBGENER                                            00002500
//SYSPRINT DD SYSOUT=*                                                  00002600
//SYSUT1   DD *                                                         00002700
PAYROLL CALCULATION FAILED                                              00002800
/*                                                                      00002900
//SYSUT2   DD SYSOUT=*                                                  00003000
//SYSIN    DD DUMMY                                                     00003100
//         ENDIF                                                        00003200
//                                                                      00003300
