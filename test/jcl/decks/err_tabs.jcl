//TABS     JOB 1,'BAD',CLASS=A
//S1	EXEC PGM=A
//S2       EXEC PGM=A,
//	 PARM=X
//S3       EXEC PGM=	A
