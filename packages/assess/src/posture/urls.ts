import { castellanOf, type Location, type UrlRestriction } from '@castellan/contract';
import type { Field } from './fields.ts';
import { mayBeText } from './text-value.ts';
import { plain, segmentsOf, wordsOf } from '@castellan/meaning';

/** Names of URLs that a service calls or fetches: webhooks, imports, sources of images. */
const FETCHED =
  /^(?:web-?hook|callback|callback|notify|notification|notificationcallback|hook|feed|import|importfrom|source|sourcefile|remote|remotefile|fetch|download|downloadfrom|ping|target|targetwebhook|endpoint|webhookendpoint|proxy|upstream|rueckruf|benachrichtigung|benachrichtigungs|notificacion|notificaciones|notificacao|rappel|retrollamada|document|attachment|image|imagesource|avatarsource|vcs|clone|mirror|repositorysource|metadata|jwks|jwksuri|logo|icon|picture|video|audio|file|media|preview|screenshot|crawl|scrape|xml|xsd|wsdl|openapi|spec|healthcheck|push|postback|delivery|payload|event|statuscallback|result)s?(?:url|uri|link|endpoint)$/;
const ALONE = /^(?:webhook|webhookurl|callback|callbackurl|callbackuri|postbackurl|jwksuri|jwksurl)$/;

/** Whether the service is likely to fetch what the field names. `url` alone counts where what holds it is a hook or import. */
export function isFetched(field: Field): boolean {
  if ((field.kind !== 'property' && field.kind !== 'parameter') || field.writtenBy.length === 0 || !mayBeText(field))
    return false;
  if (isToldElsewhere(field)) return false;
  const name = urlLast(field.name);
  if (ALONE.test(name)) return true;
  if (FETCHED.test(name))
    return (
      !/^(?:document|attachment|image|logo|icon|picture|video|audio|file|media|event|payload|target|result|source|metadata|spec|preview|screenshot|endpoint|download)/.test(
        name,
      ) || isToldFetched(field)
    );
  if (isServiceName(field.name) || isServiceAddress(field)) return true;
  if (/.(?:url|uri|link)$/.test(name) && isToldFetched(field)) return true;
  if (name !== 'url' && name !== 'uri' && name !== 'endpoint' && name !== 'link') return false;
  return (
    field.writtenBy.some((operation) =>
      /\/(?:web-?hooks?|hooks?|callbacks?|imports?|fetch|proxy|preview|unfurl|screenshots?|crawl|scrape|subscriptions?|feeds?|mirrors?|ingest)(?:\/\{[^{}]+\})?(?:\/config)?\/?$/i.test(
        operation.path,
      ),
    ) || isToldFetched(field)
  );
}

/** The name with what says that it is a URL at its end: `urlNotificacion`, `url_de_notification`. */
function urlLast(name: string): string {
  const words = wordsOf(name);
  const first = words[0] ?? '';
  if (words.length < 2 || (first !== 'url' && first !== 'uri')) return plain(name);
  return [...words.slice(1).filter((word) => !/^(?:de|du|da|do|for)$/.test(word)), first].join('');
}

/** The API of somebody else, which is called there: `mechanic_api`. Not a kind of API, or what is said of one. */
function isServiceName(name: string): boolean {
  const words = wordsOf(name);
  return (
    words.at(-1) === 'api' &&
    words.length > 1 &&
    words.length < 4 &&
    !/^(?:rest|web|public|private|open|graphql|soap|grpc|http|has|is|use|uses|no|via|by|from|allow|api)$/.test(
      words[0] ?? '',
    )
  );
}

/** Whether the example or default is the address of a service, and the name does not say that it is a page. */
function isServiceAddress(field: Field): boolean {
  const { example, default: usual, examples } = field.target.raw;
  return [example, usual, field.node.raw['example'], ...(Array.isArray(examples) ? examples : [])].some(
    (value) =>
      typeof value === 'string' &&
      /^https?:\/\/(?:localhost|127\.|10\.|192\.168\.|[^/]*:\d+\/|[^/]+\/(?:.*\/)?(?:api|hooks?|webhooks?|callbacks?|notify)(?:\/|$))/i.test(
        value,
      ) &&
      !/^(?:self|href|.*(?:links?|page|site|profile|avatar|redirect|return).*)$/.test(plain(field.name)),
  );
}

/** The description says that somebody else goes there: a browser, the bank of a card. */
function isToldElsewhere(field: Field): boolean {
  return /\b(?:issuer|acquirer|browser|user agent|shopper|customer)s?\b[^.]{0,40}\b(?:send|post|redirect|navigat|go)/i.test(
    textOf(field),
  );
}

function isToldFetched(field: Field): boolean {
  const text = textOf(field);
  return /\b(?:we|the (?:service|server|api)|it) (?:will )?(?:fetch|download|call|request|retrieve|deliver|send)(?:es|s)?\b|(?:will be|is|are) (?:fetched|downloaded|retrieved|called|delivered)\b|\bto which\b[^.]{0,40}\b(?:payloads?|events?|notifications?|requests?)\b/i.test(
    text,
  );
}

function textOf(field: Field): string {
  return [field.node.raw['description'], field.target.raw['description'], field.parameter?.description]
    .filter((text) => typeof text === 'string')
    .join(' ');
}

/** What the document says about where the URL may lead. */
export function restrictionOf(field: Field): UrlRestriction | undefined {
  return field.parameter?.castellan.url ?? castellanOf(field.node.raw).url ?? castellanOf(field.target.raw).url;
}

/** Whether the schema itself bounds where it may lead: listed values, or an anchored pattern with a host. */
export function isPinned(field: Field): boolean {
  const { raw } = field.target;
  return (
    Array.isArray(raw['enum']) ||
    raw['const'] !== undefined ||
    (typeof raw['pattern'] === 'string' && /^\^https?:?(?:\\?\/){2}[\w\\.-]+\\?\.[a-z]{2,}/i.test(raw['pattern']))
  );
}

/** Whether the description says that only registered addresses are taken. */
export function isToldRegistered(field: Field): boolean {
  const text = `${String(field.node.raw['description'] ?? '')} ${field.parameter?.description ?? ''}`;
  return /\b(?:must |has to )?match(?:es)?\b[^.]{0,60}\b(?:redirect|registered|configur)|\b(?:registered|whitelist|allow-?list|pre-?configured)/i.test(
    text,
  );
}

/** Whether the field sends the user's browser somewhere. */
export function isRedirect(field: Field): boolean {
  if ((field.kind !== 'property' && field.kind !== 'parameter') || field.writtenBy.length === 0 || !mayBeText(field))
    return false;
  return (
    /^(?:redirect|redirecturl|redirecturi|redirectto|returnurl|returnuri|returnto|next|nexturl|continueurl|successurl|cancelurl|failureurl|errorurl|backurl|postlogoutredirecturi|landingpageurl|redirectionurl|redirecttoissuerurl|shopperresulturl|gotourl|redirectback)$/.test(
      plain(field.name),
    ) &&
    (plain(field.name) !== 'next' || field.target.raw['format'] === 'uri')
  );
}

/** Whether the field is a host, address or port that the service connects to. */
export function isHostInput(field: Field): boolean {
  if (
    (field.kind !== 'property' && field.kind !== 'parameter') ||
    field.writtenBy.length === 0 ||
    !mayBeText(field) ||
    field.parameter?.in === 'header'
  )
    return false;
  const words = wordsOf(field.name);
  const name = words.join('');
  if (/^(?:host|hostname|fqdn)$/.test(name)) return !namesRecord(field) && isConnectedTo(field);
  return /^(?:targethost|remotehost|serverhost|smtphost|smtpserver|ldaphost|ldapserver|dbhost|databasehost|proxyhost|syslogserver|sysloghost|ntpserver|ipaddresstoping|pinghost|backendhost|upstreamhost)$/.test(
    name,
  );
}

/** What stands beside a host that is connected to. */
const CONNECTION =
  /^(?:port|ports|username|user|password|protocol|scheme|ssl|tls|usetls|usessl|database|db|path|basedn|binddn|timeout|privatekey|credentials?)$/;
/** Paths of what connects. */
const CONNECTS =
  /^(?:connections?|connectors?|servers?|databases?|datasources?|smtp|ldap|ping|pings|probes?|monitors?|checks?|tests?|prox(?:y|ies)|lookup|resolve|traceroute|scans?|targets?|upstreams?|backends?|hosts?|tunnels?|verbindung(?:en)?|verbinden|connexions?|conex(?:ion|iones|ao|oes))$/;

/** `/custom-hostnames/{hostname}`: what is kept under that name. */
function namesRecord({ parameter, name, writtenBy }: Field): boolean {
  return (
    parameter?.in === 'path' &&
    writtenBy.every(({ path }) => new RegExp(`hosts?(?:names?)?/\\{${name.replaceAll(/\W/g, '.')}\\}`, 'i').test(path))
  );
}

/** A host by itself may be what a machine is called; beside a port, or where the path connects, it is gone to. */
function isConnectedTo(field: Field): boolean {
  // A record of the domain name system says where others go.
  if (field.owner?.fields.some(({ name }) => plain(name) === 'ttl') === true) return false;
  return (
    field.owner?.fields.some(({ name }) => CONNECTION.test(plain(name))) === true ||
    field.writtenBy.some(({ path, operationId }) =>
      [...segmentsOf(path).flatMap(wordsOf), ...wordsOf(operationId)].some((word) => CONNECTS.test(word)),
    ) ||
    /\b(?:connect|ping|reach|resolv|probe|dial)/i.test(textOf(field))
  );
}

/** Where the restriction would be written: on the parameter, or on the schema that all who refer to it share. */
export function urlLocation(field: Field): Location {
  return field.parameter?.location ?? field.target.location;
}
