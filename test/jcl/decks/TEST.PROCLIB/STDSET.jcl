//         SET HLQ=TEST.FROM.INC,
//             UNIT=SYSDA
