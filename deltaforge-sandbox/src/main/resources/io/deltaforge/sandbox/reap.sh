# Ends whatever a JVM has left behind. Usage: reap.sh RUN_DIRECTORY, standard input being a pipe from that JVM.
# The pipe closes when the JVM ends, however it ends, kill -9 included.
run=$1
trap '' HUP INT QUIT TERM
while read -r _; do :; done

gone=$run.gone
mv "$run" "$gone" 2> /dev/null || exit 0

# Prints "pid parent state" of every process, without a tool that a slim container may lack.
snapshot() {
    if [ -r /proc/self/stat ]; then
        for stat in /proc/[0-9]*/stat; do
            read -r line < "$stat" || continue
            rest=${line##*) }
            state=${rest%% *}
            rest=${rest#* }
            echo "${line%% *} ${rest%% *} $state"
        done
    else
        ps -A -o pid= -o ppid= -o state=
    fi 2> /dev/null
}

# Adds the descendants of $tree to $tree.
grow() {
    all=$(snapshot)
    before=
    while [ "$before" != "$tree" ]; do
        before=$tree
        while read -r pid parent _; do
            case " $tree " in *" $pid "*) continue ;; esac
            case " $tree " in *" $parent "*) tree="$tree $pid" ;; esac
        done <<EOF
$all
EOF
    done
}

# Waits at most about $1 tenths of a second until no process of $tree runs; zombies do not count.
await_end() {
    left=$1
    while [ "$left" -gt 0 ]; do
        running=
        while read -r pid _ state; do
            case $state in Z*) continue ;; esac
            case " $tree " in *" $pid "*) running=yes ;; esac
        done <<EOF
$(snapshot)
EOF
        [ -n "$running" ] || return 0
        sleep 0.1 2> /dev/null || sleep 1
        left=$((left - 1))
    done
    return 1
}

tree=
postgres=
for pidfile in "$gone"/pids/*; do
    [ -f "$pidfile" ] || continue
    pid=
    read -r pid < "$pidfile"
    case $pid in '' | *[!0-9]*) continue ;; esac
    tree="$tree $pid"
    case ${pidfile##*/} in postgres*) postgres="$postgres $pid" ;; *) kill -s KILL "$pid" ;; esac
done 2> /dev/null

if [ -n "$tree" ]; then
    grow
    # PostgreSQL removes its System V shared memory on QUIT but not on KILL; a paused one has to wake up for it.
    if [ -n "$postgres" ]; then
        kill -s CONT $tree
        kill -s QUIT $postgres
        await_end 20
    fi
    for _ in 1 2 3; do
        grow
        kill -s KILL $tree
        await_end 20 && break
    done
fi 2> /dev/null

for lock in "$gone"/*/data/postmaster.pid; do
    [ -f "$lock" ] || continue
    segment=
    while read -r first second _; do line=$((${line:-0} + 1)); [ "$line" -eq 7 ] && segment=$second; done < "$lock"
    line=0
    [ -n "$segment" ] && ipcrm -m "$segment"
done 2> /dev/null

rm -rf "$gone"
