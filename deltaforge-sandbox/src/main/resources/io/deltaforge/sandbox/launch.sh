# Runs a server in place of this shell, after writing down its process id for the reaper.
# Usage: launch.sh RUN_DIRECTORY NAME COMMAND...
#
# The reaper renames RUN_DIRECTORY before it reads the process ids. Either the id is complete before that and the
# reaper sees it, or the directory is gone here and the server never starts: no moment in between is unguarded.
pidfile=$1/pids/$2
shift 2
echo $$ > "$pidfile" || exit 97
[ -f "$pidfile" ] || exit 97
# A session of its own: Ctrl-C in a terminal reaches the owner alone, which then stops its servers in order.
command -v setsid > /dev/null 2>&1 && exec setsid "$@"
exec "$@"
