/* log_id: the journal's MESSAGE_ID of what a monitor may wait for (journalctl MESSAGE_ID=…). systemd/zhiwen.catalog explains each to
 * the person who reads `journalctl -x`. An id is for ever: a new meaning gets a new one (systemd-id128 new).
 */
#ifndef ZW_LOG_ID_H
#define ZW_LOG_ID_H

#define ZW_LOG_ID_READY "cd88ba83bbeb479aafb8bfbcac559ce9"
#define ZW_LOG_ID_ENDED "7940801c3e2244c69d89bde4f7427fb0"
#define ZW_LOG_ID_START_FAILED "b227c3aaed8442c2a2240ad02dffbe76"
#define ZW_LOG_ID_RELOADED "c60d903ca3df47a3a0fc8ed02e9808c1"
#define ZW_LOG_ID_RELOAD_FAILED "a6e864f9c79a4b2bbb7e83a630a2ab78"
#define ZW_LOG_ID_REFUSED "dbe7baf887064af8a9bc72fcb1d176f3"
#define ZW_LOG_ID_COMMIT_FAILS "49324d962d9642239275c37972236fbe"
#define ZW_LOG_ID_COMMIT_WORKS "8412d4a654d24990a181c5032eefc468"
#define ZW_LOG_ID_STUCK "8369df0ea0cc437d93ed794fc27388ad"

#endif
