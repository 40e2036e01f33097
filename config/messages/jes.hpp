// Messages of jes. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message jes[] = {
    {"$HASP373", Severity::information, "{:<8} STARTED - INIT {} - CLASS {} - SYS {}",
     "An initiator has started the job.", "None."},

    // What an initiator writes into JESMSGLG and JESYSMSG.
    {"$HASP395", Severity::information, "{:<8} ENDED - {}", "The job has ended with the code shown.", "None."},
    {"IEF403I", Severity::information, "{} - STARTED - TIME={}", "The job has started.", "None."},
    {"IEF404I", Severity::information, "{} - ENDED - TIME={}", "The job has ended.", "None."},
    {"IEF453I", Severity::error, "{} - JOB FAILED - JCL ERROR - TIME={}",
     "A step's data sets could not be allocated, or its JCL could not be carried out.",
     "JESYSMSG names the statement and the data set: correct it and submit the job again."},
    {"IEF450I", Severity::error, "{} - ABEND={} {} REASON=00000000 TIME={}",
     "The step ended abnormally with the system (S) or user (U) code shown.",
     "The line after it says why; look up the code, correct the cause, submit or rerun the job."},
    {"IEF472I", Severity::error, "{} - COMPLETION CODE - SYSTEM={} USER={} REASON=00000000",
     "The completion code of a step that ended abnormally.", "As for IEF450I."},
    {"IEF142I", Severity::information, "{} - STEP WAS EXECUTED - COND CODE {:04}",
     "The step ran to its end and gave the condition code shown.", "None."},
    {"IEF272I", Severity::information, "{} - STEP WAS NOT EXECUTED.",
     "The step was passed over: conditions, an earlier abend or JCL error, a cancel, or a restart behind it.",
     "None; the line beside it says why."},
    {"IEF202I", Severity::information, "{} - STEP WAS NOT RUN BECAUSE OF CONDITION CODES",
     "COND or IF passed the step over.", "None."},
    {"IEF373I", Severity::information, "STEP/{:<8}/START {}", "When the step started (year, day, hour and minute).",
     "None."},
    {"IEF032I", Severity::information, "STEP/{:<8}/STOP  {}",
     "When the step ended; CPU is its time in user mode, SRB in the kernel, VIRT its largest resident memory, READ and "
     "WRITTEN the bytes of its read and write calls, with all its descendants.",
     "None."},
    {"IEF375I", Severity::information, " JOB/{:<8}/START {}", "When the job started.", "None."},
    {"IEF033I", Severity::information, " JOB/{:<8}/STOP  {}", "When the job ended, and the times of all its steps.",
     "None."},
    {"UNV2401E", Severity::error, "STEP {}: {}", "Why the step ended abnormally.", "Correct the cause; rerun the job."},
    {"UNV2402W", Severity::warning, "STEP {}: {} PROCESSES THAT THE PROGRAM LEFT BEHIND WERE ENDED",
     "The main process of the step ended before its descendants did; a step's end is the end of its whole tree.",
     "Wait for background processes inside the program or script."},
    {"UNV2403E", Severity::error, "STEP {}: CANNOT END PROCESS {}: {}",
     "A process did not end though SIGKILL was sent 10 s ago; it waits in the kernel (disk or network file system). "
     "The initiator stays busy until it ends.",
     "Look at /proc/PID/stack and the mounts; the job goes on to its end when the process is gone."},
    {"UNV2404I", Severity::information, "STEP {} NOT RUN: {}", "Why a step was passed over.", "None."},
    {"UNV2405W", Severity::warning,
     "THE JOB FILE COULD NOT BE WRITTEN FOR {} S: {}; {} BYTES OF THESE MESSAGES WERE LOST",
     "The spool was full or gave errors; the job went on meanwhile, with its records in memory.",
     "Give the spool more space."},
    {"UNV2406I", Severity::information, "STEP {}: {} ORDERED, {}", "The step is being ended: cancel or a limit.",
     "None."},
    {"UNV2407E", Severity::error, "{}: THE JOB FILE {} CANNOT BE WRITTEN: {}",
     "The initiator keeps the records in memory and tries again; a job that has ended is told only when its outcome is "
     "durable.",
     "Free space on the spool, or repair its file system."},

    // Logs of the supervisor and the initiators (mount_point/log/supervisor.log).
    {"UNV2420I", Severity::information, "SUPERVISOR {} STARTED, {} INITIATORS ADOPTED", "The supervisor serves.",
     "None."},
    {"UNV2421I", Severity::information, "A SUPERVISOR RUNS ALREADY FOR {}", "Nothing was started.", "None."},
    {"UNV2422I", Severity::information, "INITIATOR {} STARTED AS PROCESS {}", "An initiator waits for jobs.", "None."},
    {"UNV2423I", Severity::information, "INITIATOR {} ENDED: {}", "An initiator ended that had no job.", "None."},
    {"UNV2424E", Severity::error, "INITIATOR {} DIED ({}) WHILE IT RAN {}.{}; {} PROCESSES ENDED",
     "The end of the job cannot be known: the daemon reports it IN DOUBT unless its outcome was recorded.",
     "Find out who ended the initiator; then restart the job, or close it."},
    {"UNV2425E", Severity::error, "INITIATOR {} CANNOT BE STARTED: {}; NEXT TRY IN {} MS",
     "It could not be started, or ended at once several times.", "See the lines before this one for the reason."},
    {"UNV2426I", Severity::information, "SUPERVISOR ENDS: {}", "Initiators that run go on without it.",
     "None: the next supervisor adopts them."},
    {"UNV2427E", Severity::error, "{}: {}", "The system refused something that the process needs.",
     "The text names the file or call."},
    {"UNV2428W", Severity::warning, "PROCESSES OF {} DO NOT END: {}",
     "SIGKILL was sent 10 s ago; they wait in the kernel. The attempt is reported ended only when they are gone.",
     "Look at /proc/PID/stack and the mounts."},
    {"UNV2429W", Severity::warning, "INITIATOR {}: {}", "Something about the connection or its messages.", "None."},
};

}  // namespace sysplexd::config::messages
