const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Names that change what a shell, a loader, an interpreter or the container engine does. Values pass
 * through the environment of the engine's process on the host, not only into the sandbox.
 */
const SUBVERTING = new Set([
  "PATH", "HOME", "USER", "LOGNAME", "SHELL", "ENV", "BASH_ENV", "ZDOTDIR", "IFS", "PS1", "PS4", "PWD", "OLDPWD", "CDPATH", "UID", "EUID", "PPID", "SHLVL", "_", "OPTIND",
  "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "INPUTRC", "HISTFILE", "TERM", "TERMINFO", "TERMCAP", "TMPDIR",
  "NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME", "PYTHONINSPECT", "PYTHONBREAKPOINT", "PYTHONUSERBASE", "PYTHONEXECUTABLE",
  "PERL5OPT", "PERL5LIB", "PERL5DB", "PERLLIB", "RUBYOPT", "RUBYLIB", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "RUSTC_WRAPPER",
  "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_DIR", "GIT_EXEC_PATH", "GIT_EXTERNAL_DIFF", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER", "GIT_PROXY_COMMAND", "GIT_TEMPLATE_DIR", "SSH_ASKPASS",
  "PAGER", "MANPAGER", "LESSOPEN", "LESSCLOSE", "EDITOR", "VISUAL", "BROWSER",
  "GODEBUG", "GOTRACEBACK", "GOMAXPROCS", "GOGC", "GOMEMLIMIT", "SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
  "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS", "RESOLV_HOST_CONF", "OPENSSL_CONF", "OPENSSL_MODULES",
  "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "DBUS_SESSION_BUS_ADDRESS", "CREDENTIALS_DIRECTORY", "STORAGE_DRIVER", "STORAGE_OPTS", "REGISTRY_AUTH_FILE", "TMUX",
  "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION",
]);
const SUBVERTING_PREFIXES = ["CONTAINER_", "CONTAINERS_", "_CONTAINERS_", "PODMAN_", "BUILDAH_", "XDG_", "LD_", "DYLD_", "MALLOC_", "BASH_FUNC_", "GIT_CONFIG", "OPENCLAW_", "npm_config_", "NPM_CONFIG_"];

/** A value travels as one environment string; the kernel's limit for one is 128 KiB. */
export const MAX_VALUE_BYTES = 128 * 1024 - 256;

/** What forbids a name for a secret; undefined when nothing does. */
export function nameProblem(name: string): string | undefined {
  if (!NAME.test(name)) return "is not a name of letters, digits and underscores";
  const subverts = SUBVERTING.has(name) || SUBVERTING_PREFIXES.some((prefix) => name.startsWith(prefix));
  return subverts ? "would change what programs run" : undefined;
}

/** What forbids a value; undefined when nothing does. Never says the value. */
export function valueProblem(value: string): string | undefined {
  if (value.includes("\0")) return "holds a NUL byte";
  return Buffer.byteLength(value) > MAX_VALUE_BYTES ? `is longer than ${MAX_VALUE_BYTES} bytes` : undefined;
}
