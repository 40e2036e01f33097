// Messages of data sets: allocation, dispositions. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message dasd[] = {
    {"IEF212I", Severity::error, "{} {} - DATA SET NOT FOUND",
     "DISP=OLD or SHR names a data set, generation or group that is not in the catalogue. The step is not run, the job "
     "ends with JCL ERROR.",
     "Correct the name, or create the data set in an earlier step or job."},
    {"IEF253I", Severity::error, "{} {} - DUPLICATE NAME ON DIRECT ACCESS VOLUME",
     "DISP=NEW names a data set that is there already: temporary of this job, made earlier by this job, or "
     "uncatalogued.",
     "Use another name, or delete or recatalogue the old data set (IDCAMS)."},
    {"IEF257I", Severity::error, "{} {} - SPACE REQUESTED NOT AVAILABLE",
     "The file system is full or a quota or file size limit is reached; nothing of the step is left.",
     "Make room, then submit the job again."},
    {"IEF286I", Severity::error, "{} {} - DISP FIELD INCOMPATIBLE WITH DSNAME",
     "DISP=NEW or MOD names a whole generation group, or DISP=NEW an old generation: (0) or (-n).",
     "Code (+1) for a new generation, or DISP=OLD or SHR."},
    {"IEF344I", Severity::error, "{} {} - ALLOCATION FAILED DUE TO DATA FACILITY SYSTEM ERROR",
     "The data set could not be made; the message after it says why.", "As the next message says."},
    {"IGD17101I", Severity::error,
     "DATA SET {} NOT DEFINED BECAUSE DUPLICATE NAME EXISTS IN CATALOG RETURN CODE IS 8 REASON CODE IS 38",
     "DISP=NEW names a data set that is in the catalogue.",
     "Use another name, delete the old data set in an earlier step, or code DISP=OLD or MOD."},
    {"IGD17501I", Severity::error, "ATTEMPT TO OPEN A UNIX FILE FAILED, FILENAME IS ({}), {}",
     "PATH= names a file that is not there (no OCREAT), is there (OEXCL), or may not be used.",
     "Correct PATH, PATHOPTS or the permissions."},
    {"IEC141I", Severity::error, "013-18,{},{}",
     "A member that must be read is not in its library. The step ends with S013.", "Correct the member name."},
    {"UNV3101E", Severity::error, "{} {} - {}", "A DD could not be allocated; the text says why.",
     "Correct the DD statement or the data set."},
    {"UNV3102W", Severity::warning, "{} IS GONE: ITS DISPOSITION {} HAD NOTHING TO ACT ON",
     "The program or another user removed the data set while the step had it allocated.",
     "None, when the program is meant to."},
    {"UNV3103I", Severity::information, "{} ROLLED OFF FROM {}, {}",
     "A new generation pushed an old one out of its group: DELETED with SCRATCH, else UNCATALOGED (the file stays).",
     "None."},
    {"UNV3104E", Severity::error, "OUTPUT OF DISP=MOD WAS NOT APPENDED TO {}: {}",
     "The data set is as it was before the step, which ends with an abend.",
     "Make room or correct the permissions, then run the step again."},
    {"UNV3105W", Severity::warning, "{} COULD NOT BE ROLLED OFF FROM {}: {}",
     "The new generation is in its group; the old one stays until the next roll-in tries again.",
     "Correct the permissions of the data set."},
    {"UNV3106E", Severity::error, "{} {}: {}", "Why the disposition of the message before could not be carried out.",
     "As the text says."},
    {"IEF236I", Severity::information, "ALLOC. FOR {}", "The DDs of the step are allocated; IEF237I lines follow.",
     "None."},
    {"IEF237I", Severity::information, "{:<4} ALLOCATED TO {}",
     "What a DD was given: DASD a data set, VIO a temporary one, JES2 SYSOUT or in-stream data, HFS a UNIX file, DMY "
     "nothing. A DD name of blanks is one more part of the concatenation above.",
     "None."},
    {"IEF285I", Severity::information, "  {:<44} {}",
     "Disposition of a data set at the end of a step or job: KEPT, CATALOGED, UNCATALOGED, DELETED, PASSED, SYSOUT, "
     "SYSIN.",
     "None."},
    {"IEF283I", Severity::warning, "  {:<44} NOT DELETED", "DISP says DELETE; the message after it says why not.",
     "Delete it by hand (IDCAMS) when it must go."},
    {"IEF287I", Severity::warning, "  {:<44} NOT {}",
     "DISP says CATLG or UNCATLG; the message after it says why it was not done.", "As the next message says."},
};

}  // namespace sysplexd::config::messages
