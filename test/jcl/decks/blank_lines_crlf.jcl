//BLANK    JOB 1,'CRLF',CLASS=A

//S1       EXEC PGM=A
//D1       DD *
LINE

/*

