import type { Place } from '@castellan/contract';
import type { SecretSeen, Setting } from '../model.ts';

const secretName =
  /(?:^|[_\-.])(?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?keys?|access_?key|private_?key|master_?key|client_?secret|credentials?|signing_?key|encryption_?key|jwt_?key|dsn)(?:$|[_\-.])|password$|secret$|apikey$|passwd$/i;
/** Names that hold a place or a setting of a secret, not the secret. */
const notSecret =
  /(?:_file|_path|_url|_uri|_name|_id|_ttl|_expiry|_expiration|_expires|_length|_policy|_header|_type|_issuer|_algorithm|_audience|_rounds|_min|_max|_enabled|_lifetime|_prefix)$|^(?:token_url|next_token|page_token|tokenizer)/i;

const wellKnownValues: ReadonlySet<string> = new Set([
  'admin',
  'root',
  'password',
  'passw0rd',
  'password1',
  'pass',
  'secret',
  'changeme',
  'change_me',
  'change-me',
  'changeit',
  'postgres',
  'mysql',
  'mongo',
  'redis',
  'guest',
  'test',
  'example',
  'default',
  'demo',
  'user',
  '123456',
  '12345678',
  'qwerty',
  'letmein',
  'minioadmin',
  'minio123',
  'rabbitmq',
  'elastic',
  'grafana',
  'keycloak',
  'dev',
  'development',
  'insecure',
  'supersecret',
  'mysecret',
  'secretkey',
  'secret-key',
  'your-secret',
  'your_secret',
  'jwtsecret',
  'jwt-secret',
  'toor',
  'sa',
]);

/** Whether a value only says where the secret is: a variable, a file, a managed reference. */
function isReference(value: string): boolean {
  return (
    /^\$\{[^}]+\}$/.test(value) ||
    /^\$[A-Za-z_][\w]*$/.test(value) ||
    /^\/(?:run|etc|var|vault|mnt)\//.test(value) ||
    /^(?:env|file|vault|ssm|arn|op|sops|projects|awssm|gcpsm):/i.test(value) ||
    /^(?:var|local|data|module|random_password|aws_secretsmanager\w*|azurerm_key_vault\w*|google_secret\w*)\./.test(
      value,
    ) ||
    /^<.*>$|^\{\{.*\}\}$|^ENC\[/.test(value)
  );
}

/**
 * The secret that a variable holds, if its name or its value says that it is one. The value itself is not kept.
 * @param value as written; undefined where the file gives none
 */
export function secretSeen(name: string, value: string | undefined, place: Place): SecretSeen | undefined {
  if (value === undefined) return undefined;
  const written = fallbackOf(value) ?? value;
  const inUrl = /^[a-z][a-z0-9+.-]*:\/\/([^/:@\s]*):([^@\s]*)@/i.exec(written);
  if (inUrl !== null) return { name, how: howOf(inUrl[2] ?? ''), place };
  // Server=db;User Id=sa;Password=…: the form of ADO.NET, ODBC and libpq.
  const inPairs = /(?:^|[;\s])(?:password|pwd)\s*=\s*([^;\s]*)/i.exec(written);
  if (
    inPairs !== null &&
    written.includes('=') &&
    /(?:^|[;\s])(?:server|host|data source|addr|address)\s*=/i.test(written)
  )
    return { name, how: howOf(inPairs[1] ?? ''), place };
  if (/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(value)) return { name, how: 'literal', place };
  const snake = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  if (!secretName.test(snake) || notSecret.test(snake)) return undefined;
  // An empty key is none; an empty password lets everybody in.
  if ((fallbackOf(value) ?? value) === '')
    return /pass|pwd/i.test(name) && value === '' ? { name, how: 'default', place } : undefined;
  if (/^(?:true|false|yes|no|on|off|\d{1,5})$/i.test(value) && !wellKnownValues.has(value.toLowerCase()))
    return undefined;
  return { name, how: howOf(value), place };
}

/** The value that counts where the variable is not set: `${PASSWORD:-postgres}`. */
export function fallbackOf(value: string): string | undefined {
  return /^\$\{[^:}]+:?-([^}]*)\}$/.exec(value)?.[1];
}

function howOf(value: string): SecretSeen['how'] {
  const written = fallbackOf(value) ?? value;
  if (isReference(written)) return 'reference';
  if (wellKnownValues.has(written.toLowerCase())) return 'default';
  // What documentation writes to be replaced, and often is not.
  return /change[-_ ]?(?:me|this|it|in)|your[-_ ]|[-_ ]here$|placeholder|replace[-_ ]?me|dummy/i.test(written)
    ? 'default'
    : 'literal';
}

/** A debug, unsafe or authentication setting of an environment variable. Values shown are only those that are no secret. */
export function settingSeen(name: string, value: string | undefined, place: Place): Setting | undefined {
  if (value === undefined) return undefined;
  const yes = /^(?:1|true|yes|on|\*)$/i.test(value);
  const setting = (kind: Setting['kind']): Setting => ({ kind, detail: `${name}=${value.slice(0, 40)}`, place });
  if (
    /^(?:DEBUG|FLASK_DEBUG|DJANGO_DEBUG|APP_DEBUG|RAILS_DEBUG|SPRING_DEBUG|VERBOSE_ERRORS|DISPLAY_ERRORS)$/.test(name)
  )
    return /^(?:0|false|no|off|)$/i.test(value) ? undefined : setting('debug');
  if (/^(?:NODE_ENV|FLASK_ENV|RAILS_ENV|APP_ENV|ASPNETCORE_ENVIRONMENT|DJANGO_ENV)$/.test(name))
    return /^dev(?:elopment)?$/i.test(value) ? setting('debug') : undefined;
  if (/^(?:NODE_OPTIONS|JAVA_TOOL_OPTIONS|JAVA_OPTS)$/.test(name))
    return /--inspect|jdwp/.test(value) ? { kind: 'debug', detail: `${name} starts a debugger`, place } : undefined;
  if (name === 'NODE_TLS_REJECT_UNAUTHORIZED' && value === '0') return setting('verify-off');
  if (/^(?:PYTHONHTTPSVERIFY)$/.test(name) && value === '0') return setting('verify-off');
  if (/(?:TLS|SSL)_?(?:VERIFY|CHECK)$/.test(name) && /^(?:0|false|no|off)$/i.test(value)) return setting('verify-off');
  if (/(?:INSECURE_SKIP_VERIFY|SKIP_TLS_VERIFY|TLS_INSECURE)$/.test(name) && yes) return setting('verify-off');
  if (/^(?:POSTGRES_HOST_AUTH_METHOD)$/.test(name) && value === 'trust') return setting('authentication-off');
  if (/(?:ALLOW_EMPTY_PASSWORD|ALLOW_ANONYMOUS_LOGIN|DISABLE_AUTH|AUTH_DISABLED|SKIP_AUTH|NO_AUTH)$/.test(name) && yes)
    return setting('authentication-off');
  if (/^xpack\.security\.enabled$/.test(name) && value === 'false') return setting('authentication-off');
  if (/^discovery\.type$/.test(name)) return undefined;
  if (/^(?:MYSQL_ALLOW_EMPTY_PASSWORD)$/.test(name) && yes) return setting('authentication-off');
  return undefined;
}
