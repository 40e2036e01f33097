//NOSTEPS  JOB 1,'BAD',CLASS=A
//* nothing
