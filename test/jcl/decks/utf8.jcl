//UTF8     JOB 1,'Jürgen Müller',CLASS=A
//* Grüße — comment
//S1       EXEC PGM=A,PARM='café'
//D1       DD *
äöü
/*
