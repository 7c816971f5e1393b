# Completion of zhiwen-web's options for bash, read from --help.
complete -F _longopt zhiwen-web
