import { badOption, integer, list, object, reader, text, type Reader } from '@castellan/guard/configuration';

/** How `castellan serve` serves the registry: `serve` of castellan.yaml. */
export interface ServeEntry {
  /** 0 takes any. */
  readonly port?: number | undefined;
  readonly address?: string | undefined;
  readonly tls?: ServeTls | undefined;
  readonly login?: ServeLogin | undefined;
}

interface ServeTls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}

/** The identity provider whose people may come in. */
interface ServeLogin {
  readonly issuer: string;
  readonly audience: string;
  readonly groups?: string | undefined;
  readonly roles: ServeRoles;
}

/** Groups that have a role. */
interface ServeRoles {
  readonly viewer?: readonly string[] | undefined;
  readonly developer?: readonly string[] | undefined;
  readonly owner?: readonly string[] | undefined;
  readonly security?: readonly string[] | undefined;
  readonly administrator?: readonly string[] | undefined;
}

const groups = list(text);
const rolesRead = object<ServeRoles>({
  viewer: groups,
  developer: groups,
  owner: groups,
  security: groups,
  administrator: groups,
});
const roles: Reader<ServeRoles> = reader(rolesRead.schema, (value, where) => {
  const given = rolesRead(value, where);
  if (Object.values(given).some((groups) => groups !== undefined && groups.length > 0)) return given;
  throw badOption(where, 'gives nobody a role', 'write roles: { administrator: [platform-team] }');
});

const issuer: Reader<string> = reader({ type: 'string', pattern: '^https?://' }, (value, where) => {
  if (typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)) return value;
  throw badOption(where, 'is no address', 'write one such as https://login.example.com');
});

/** Reads it. */
export const serveReader: Reader<ServeEntry> = object<ServeEntry>({
  port: integer(0, 65_535),
  address: text,
  tls: object<ServeTls>({ cert: text, key: text, clientCa: text }, ['cert', 'key']),
  login: object<ServeLogin>({ issuer, audience: text, groups: text, roles }, ['issuer', 'audience', 'roles']),
});
