import type { Located, SecurityRequirement, SecurityScheme } from '../model.ts';
import { child, entries, isObject, items } from '../load/pointer.ts';
import { nearest } from './nearest.ts';
import type { Reading } from './reading.ts';
import { readSecurityScheme, type SchemeResult } from './security-schemes.ts';

/**
 * Reads `security` exactly: a list (OR) of objects (AND). Anything else is an error, because every guess about what was
 * meant could let somebody in.
 * @throws CastellanError `invalid-security`, `unknown-security-scheme`, `invalid-security-scheme`
 */
export function readSecurity(
  reading: Reading,
  node: Located,
  schemes: ReadonlyMap<string, SchemeResult>,
): SecurityRequirement[] {
  if (!Array.isArray(node.value)) {
    throw reading.error(
      node.location,
      'invalid-security',
      'security is not a list',
      node.value === null
        ? 'write security: [] if anyone may call this, or remove the line'
        : 'write a list: security: [{ schemeName: [] }]',
    );
  }
  const requirements: SecurityRequirement[] = [];
  for (const item of items(node)) {
    if (isObject(item.value) && typeof item.value['$ref'] === 'string')
      throw reading.error(
        item.location,
        'invalid-security',
        'a security requirement is a $ref, which OpenAPI has no meaning for',
        'write { schemeName: [] } here',
      );
    if (!isObject(item.value)) {
      const mend = typeof item.value === 'string' ? `write { ${item.value}: [] }` : 'write { schemeName: [] }';
      throw reading.error(item.location, 'invalid-security', 'a security requirement is not an object', mend);
    }
    requirements.push({
      schemes: [...entries(item)].map(([name, scopes]) => ({
        scheme: schemeOf(reading, name, scopes, schemes),
        scopes: scopesOf(reading, name, scopes),
      })),
    });
  }
  return requirements;
}

function schemeOf(
  reading: Reading,
  name: string,
  node: Located,
  schemes: ReadonlyMap<string, SchemeResult>,
): SecurityScheme {
  const known = schemes.get(name) ?? byUri(reading, name, node, schemes);
  if (known === undefined) {
    const near = nearest(name, [...schemes.keys()]);
    const where = reading.version === '2.0' ? 'securityDefinitions' : 'components.securitySchemes';
    throw reading.error(
      node.location,
      'unknown-security-scheme',
      `there is no security scheme ${name}`,
      near === undefined ? `add it to ${where}` : `did you mean ${near}? Else add it to ${where}`,
    );
  }
  if ('problem' in known) throw known.problem();
  return known.scheme;
}

/** 3.2 lets a requirement name its scheme by URI. */
function byUri(
  reading: Reading,
  name: string,
  node: Located,
  schemes: ReadonlyMap<string, SchemeResult>,
): SchemeResult | undefined {
  if (reading.version !== '3.2' || !/[#/.]/.test(name)) return undefined;
  let target: Located;
  try {
    target = reading.references.resolve(node.location, name);
  } catch {
    return undefined;
  }
  const component = /^\/components\/securitySchemes\/([^/]+)$/.exec(target.location.pointer)?.[1];
  const own = component !== undefined && target.location.document === reading.root.location.document;
  return (own ? schemes.get(component) : undefined) ?? readSecurityScheme(reading, component ?? name, target);
}

function scopesOf(reading: Reading, name: string, node: Located): string[] {
  const scopes: string[] = [];
  if (!Array.isArray(node.value)) {
    throw reading.error(
      node.location,
      'invalid-security',
      `the scopes of ${name} are not a list`,
      `write ${name}: [] or ${name}: [scope]`,
    );
  }
  for (const item of items(node)) {
    if (typeof item.value !== 'string')
      throw reading.error(item.location, 'invalid-security', `a scope of ${name} is not a string`, 'put it in quotes');
    scopes.push(item.value);
  }
  return scopes;
}

/** Where an operation's requirements come from; `child` of the operation first, then of the document. */
export function securityNode(operation: Located): Located | undefined {
  return isObject(operation.value) && Object.hasOwn(operation.value, 'security')
    ? child(operation, 'security')
    : undefined;
}
