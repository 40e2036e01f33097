//QUOTE    JOB 1,'QUOTES',CLASS=A
//S1       EXEC PGM=BPXBATCH,PARM='SH echo this is a rather long comman
//             d and it goes on in column 16'
//STDOUT   DD SYSOUT=*
//S2       EXEC PGM=X,
//             PARM=('FIRST,SECOND',
//             THIRD,
//             'FOU''RTH')
//S3       EXEC PGM=X,PARM=AND
//D1       DD PATH='/u/user/with space/file.txt',
//            PATHOPTS=(OWRONLY,OCREAT,
//            OTRUNC),PATHMODE=(SIRUSR,SIWUSR,SIRGRP),
//            PATHDISP=(KEEP,DELETE),FILEDATA=TEXT
