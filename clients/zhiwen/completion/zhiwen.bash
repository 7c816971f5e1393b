# Completion of zhiwen's commands, options and their values for bash. All is read from --help, so it cannot go out of date.

# What the help of a command lists: "--since DATE", one option a line.
_zhiwen_options() {
    "$@" --help 2>/dev/null | sed -n 's/^ \{2,6\}\(-.*\)/\1/p' | sed 's/  .*//; s/, /\n/g'
}

# The words of a command that has some of its own: "check" and "calibrate" of rules.
_zhiwen_words() {
    "$1" "$2" --help 2>/dev/null | sed -n "s/^\(usage:\|      \) zhiwen $2 \(\[OPTION...\] \)\?\([a-z]\+\) .*/\3/p"
}

_zhiwen() {
    local zhiwen=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} value choices
    local -a command
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$zhiwen" --help 2>/dev/null | sed -n 's/^  \([a-z]\+\) .*/\1/p') --help --version" -- "$word")
        return
    fi
    command=("$zhiwen" "${COMP_WORDS[1]}")
    choices=$(_zhiwen_words "${command[@]}")
    if [ "$COMP_CWORD" -gt 2 ] && [[ " ${choices//$'\n'/ } " == *" ${COMP_WORDS[2]} "* ]] && "${command[@]}" "${COMP_WORDS[2]}" --help >/dev/null 2>&1; then
        command+=("${COMP_WORDS[2]}")
        choices=
    fi
    if [[ $before == -* ]]; then
        value=$(_zhiwen_options "${command[@]}" | sed -n "s/^$before \(.*\)/\1/p")
        [ -n "$value" ] || [[ $before == --* ]] || value=$("${command[@]}" --help 2>/dev/null | sed -n "s/^ *$before, --[a-z-]* \([A-Z]*\) .*/\1/p")
    fi
    case $value in
    FILE) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    FOLDER | DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    ?*) # as "jsonl|csv|sqlite" in what is said about it
        choices=$("${command[@]}" --help | sed -n "s/^ .*$before $value .*[ ]\([a-z]\+\(|[a-z]\+\)\+\).*/\1/p")
        mapfile -t COMPREPLY < <(compgen -W "${choices//|/ }" -- "$word") ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_zhiwen_options "${command[@]}" | sed 's/ .*//')" -- "$word")
        elif [ "$COMP_CWORD" -eq 2 ] && [ -n "$choices" ]; then
            mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi ;;
    esac
}

complete -o filenames -F _zhiwen zhiwen
