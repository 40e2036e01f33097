// The COBOL procedures with IBM's step names, DD names and symbols (Enterprise COBOL Programming Guide, "Compile and
// link-edit procedure (IGYWCL)" and kin). The compiler and Language Environment libraries do not exist here:
// DDs IGYLIB and CEELIB are DUMMY and only keep the symbols LNGPRFX and LIBPRFX in use. STEPLIB, SYSLIB and the work
// files SYSUT1 … may be added by override statements as ever.
#include "sysplex/jes/builtin_procs.hpp"

namespace sysplexd::jes {

namespace {

constexpr BuiltinProc procs[] = {
    {"IGYWC",
     R"(//IGYWC    PROC LNGPRFX='IGY.V6R4M0',SYSLBLK=3200,LIBPRFX='CEE'
//* COMPILE A COBOL PROGRAM
//COBOL    EXEC PGM=IGYCRCTL,REGION=0M
//IGYLIB   DD DUMMY,DSN=&LNGPRFX..SIGYCOMP
//CEELIB   DD DUMMY,DSN=&LIBPRFX..SCEERUN
//SYSPRINT DD SYSOUT=*
//SYSLIN   DD DSN=&&LOADSET,UNIT=SYSALLDA,
//            DISP=(MOD,PASS),SPACE=(CYL,(1,1)),
//            DCB=(RECFM=U,BLKSIZE=&SYSLBLK)
)"},
    {"IGYWCL",
     R"(//IGYWCL   PROC LNGPRFX='IGY.V6R4M0',SYSLBLK=3200,LIBPRFX='CEE',
//            PGMLIB='&&GOSET',GOPGM=GO
//* COMPILE AND LINK-EDIT A COBOL PROGRAM
//COBOL    EXEC PGM=IGYCRCTL,REGION=0M
//IGYLIB   DD DUMMY,DSN=&LNGPRFX..SIGYCOMP
//SYSPRINT DD SYSOUT=*
//SYSLIN   DD DSN=&&LOADSET,UNIT=SYSALLDA,
//            DISP=(MOD,PASS),SPACE=(CYL,(1,1)),
//            DCB=(RECFM=U,BLKSIZE=&SYSLBLK)
//LKED     EXEC PGM=IEWBLINK,COND=(8,LT,COBOL),REGION=0M
//CEELIB   DD DUMMY,DSN=&LIBPRFX..SCEELKED
//SYSPRINT DD SYSOUT=*
//SYSLIN   DD DSN=&&LOADSET,DISP=(OLD,DELETE)
//         DD DDNAME=SYSIN
//SYSLMOD  DD DSN=&PGMLIB(&GOPGM),
//            SPACE=(CYL,(1,1,1)),DSNTYPE=LIBRARY,
//            UNIT=SYSALLDA,DISP=(MOD,PASS)
)"},
    {"IGYWCLG",
     R"(//IGYWCLG  PROC LNGPRFX='IGY.V6R4M0',SYSLBLK=3200,LIBPRFX='CEE',
//            PGMLIB='&&GOSET',GOPGM=GO
//* COMPILE, LINK-EDIT AND RUN A COBOL PROGRAM
//COBOL    EXEC PGM=IGYCRCTL,REGION=0M
//IGYLIB   DD DUMMY,DSN=&LNGPRFX..SIGYCOMP
//SYSPRINT DD SYSOUT=*
//SYSLIN   DD DSN=&&LOADSET,UNIT=SYSALLDA,
//            DISP=(MOD,PASS),SPACE=(CYL,(1,1)),
//            DCB=(RECFM=U,BLKSIZE=&SYSLBLK)
//LKED     EXEC PGM=IEWBLINK,COND=(8,LT,COBOL),REGION=0M
//CEELIB   DD DUMMY,DSN=&LIBPRFX..SCEELKED
//SYSPRINT DD SYSOUT=*
//SYSLIN   DD DSN=&&LOADSET,DISP=(OLD,DELETE)
//         DD DDNAME=SYSIN
//SYSLMOD  DD DSN=&PGMLIB(&GOPGM),
//            SPACE=(CYL,(1,1,1)),DSNTYPE=LIBRARY,
//            UNIT=SYSALLDA,DISP=(MOD,PASS)
//GO       EXEC PGM=*.LKED.SYSLMOD,COND=((8,LT,COBOL),(4,LT,LKED)),
//            REGION=0M
//SYSPRINT DD SYSOUT=*
//CEEDUMP  DD SYSOUT=*
//SYSUDUMP DD SYSOUT=*
)"},
    {"IGYWCG",
     R"(//IGYWCG   PROC LNGPRFX='IGY.V6R4M0',SYSLBLK=3200,LIBPRFX='CEE'
//* COMPILE AND RUN A COBOL PROGRAM, BY THE LOADER
//COBOL    EXEC PGM=IGYCRCTL,REGION=0M
//IGYLIB   DD DUMMY,DSN=&LNGPRFX..SIGYCOMP
//SYSPRINT DD SYSOUT=*
//SYSLIN   DD DSN=&&LOADSET,UNIT=SYSALLDA,
//            DISP=(MOD,PASS),SPACE=(CYL,(1,1)),
//            DCB=(RECFM=U,BLKSIZE=&SYSLBLK)
//GO       EXEC PGM=LOADER,COND=(8,LT,COBOL),REGION=0M
//CEELIB   DD DUMMY,DSN=&LIBPRFX..SCEELKED
//SYSLIN   DD DSN=&&LOADSET,DISP=(OLD,DELETE)
//SYSLOUT  DD SYSOUT=*
//SYSPRINT DD SYSOUT=*
//CEEDUMP  DD SYSOUT=*
//SYSUDUMP DD SYSOUT=*
)"},
};

}  // namespace

std::span<const BuiltinProc> builtin_procs() { return procs; }

std::optional<std::string_view> builtin_procedure(std::string_view name) {
  for (const auto& proc : procs)
    if (proc.name == name) return proc.text;
  return std::nullopt;
}

}  // namespace sysplexd::jes
