//* the usual listings
//SYSPRINT DD SYSOUT=*
//SYSUDUMP DD SYSOUT=*
