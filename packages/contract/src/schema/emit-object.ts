import { forbiddenNames, withWaived } from './composition.ts';
import { type Emission, emitSchema, emitSpend, turnCost } from './emit.ts';
import { entriesOf, numberOf, type SchemaNode, stringsOf } from './node.ts';
import { patternOf } from './pattern.ts';
import { literal, numeral, read } from './writer.ts';
import { isForbidden } from './composition.ts';

/** Beyond this many names, whether a key is documented is looked up instead of compared. */
const COMPARED = 24;

/** Everything about objects but `unevaluatedProperties`, of a value that is one. A property whose value is undefined is absent. */
export function emitObject(emission: Emission, node: SchemaNode, v: string, fail: string, t: string | undefined): void {
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean') return;
  const known = emitProperties(emission, node, v, fail, t);
  if (rules.applicator) emitOtherProperties(emission, node, v, fail, t, known);
  if (rules.validation) emitCounts(emission, node, v, fail);
  emitDependencies(emission, node, v, fail, t);
}

/** `properties` and `required`. Gives the variable that counts the documented properties present, where somebody needs it. */
function emitProperties(
  emission: Emission,
  node: SchemaNode,
  v: string,
  fail: string,
  t: string | undefined,
): string | undefined {
  const { writer, compiler } = emission;
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean') return undefined;
  const properties = rules.applicator ? entriesOf(raw, 'properties') : [];
  const excused = forbiddenNames(compiler, node);
  const required = new Set(rules.validation ? stringsOf(raw['required']) : []);
  for (const name of excused) required.delete(name);
  for (const name of node.waived) required.delete(name);
  const closed = raw['additionalProperties'] === false && entriesOf(raw, 'patternProperties').length === 0;
  // Only what the strict parser made has nothing but own properties; responses may be anything that a handler returns.
  const count = closed && compiler.direction === 'request' ? writer.fresh('n') : undefined;
  if (count !== undefined) writer.line(`let ${count} = 0;`);
  for (const [name, value] of properties) {
    const property = compiler.nodes.child(node, value, 'properties', name);
    const variable = writer.fresh('p');
    const forbidden = isForbidden(compiler, property);
    const inside = writer.capture(() => {
      if (forbidden) writer.line(fail);
      else emitSchema(emission, property, variable, fail, undefined);
      if (t !== undefined) writer.line(`${t}.properties.add(${literal(name)});`);
      if (count !== undefined) writer.line(`${count}++;`);
    });
    const needed = required.delete(name);
    if (needed && inside === '') writer.line(`if (${read(v, name)} === undefined) { ${fail} }`);
    else if (needed)
      writer.line(`const ${variable} = ${read(v, name)};\nif (${variable} === undefined) { ${fail} }\n${inside}`);
    else if (inside !== '')
      writer.line(`const ${variable} = ${read(v, name)};\nif (${variable} !== undefined) {\n${inside}\n}`);
  }
  for (const name of required) writer.line(`if (${read(v, name)} === undefined) { ${fail} }`);
  return count;
}

/** `patternProperties`, `additionalProperties` and `propertyNames`: whatever needs a look at every key. */
function emitOtherProperties(
  emission: Emission,
  node: SchemaNode,
  v: string,
  fail: string,
  t: string | undefined,
  count: string | undefined,
): void {
  const { writer, compiler } = emission;
  const { raw } = node;
  if (typeof raw === 'boolean') return;
  const modern = node.resource.rules.dialect === '2020-12';
  const patterns = node.resource.rules.dialect === 'openapi-3.0' ? [] : entriesOf(raw, 'patternProperties');
  const additional = raw['additionalProperties'];
  const names = modern ? raw['propertyNames'] : undefined;
  const key = writer.fresh('k');
  const value = writer.fresh('p');
  const body = writer.capture(() => {
    if (names !== undefined)
      emitSchema(emission, compiler.nodes.child(node, names, 'propertyNames'), key, fail, undefined);
    const matched = patterns.length > 0 && additional !== undefined ? writer.fresh('m') : undefined;
    if (matched !== undefined) writer.line(`let ${matched} = false;`);
    for (const [pattern, schema] of patterns) {
      writer.line(`if (${writer.constant(patternOf(pattern, Infinity))}.test(${key})) {`);
      emitSchema(emission, compiler.nodes.child(node, schema, 'patternProperties', pattern), value, fail, undefined);
      if (matched !== undefined) writer.line(`${matched} = true;`);
      if (t !== undefined) writer.line(`${t}.properties.add(${key});`);
      writer.line('}');
    }
    if (additional === undefined || additional === true) return;
    const inside = writer.capture(() =>
      emitSchema(emission, compiler.nodes.child(node, additional, 'additionalProperties'), value, fail, undefined),
    );
    if (inside === '') return;
    const undocumented = [
      matched === undefined ? undefined : `!${matched}`,
      unknownKey(
        emission,
        entriesOf(raw, 'properties').map(([name]) => name),
        key,
      ),
    ];
    writer.line(`if (${undocumented.filter((test) => test !== undefined).join(' && ') || 'true'}) {\n${inside}\n}`);
  });
  if (body !== '') {
    const cost = turnCost(body) + 2 * patterns.length;
    const spend = writer.capture(() => emitSpend(emission, cost));
    const loop = `for (const ${key} in ${v}) { const ${value} = ${v}[${key}]; if (${value} === undefined) continue;\n${spend}\n${body}\n}`;
    if (count === undefined || names !== undefined) writer.line(loop);
    else {
      const keys = writer.fresh('n');
      const any = writer.fresh('k');
      writer.line(`let ${keys} = 0; for (const ${any} in ${v}) ${keys}++;\nif (${keys} !== ${count}) {\n${loop}\n}`);
    }
  }
  if (t !== undefined && additional !== undefined) writer.line(`${t}.allProperties = true;`);
}

/** The condition under which a key is none of these names. */
function unknownKey(emission: Emission, names: readonly string[], key: string): string | undefined {
  if (names.length === 0) return undefined;
  if (names.length > COMPARED) return `!${emission.writer.constant(new Set(names))}.has(${key})`;
  return names.map((name) => `${key} !== ${literal(name)}`).join(' && ');
}

function emitCounts(emission: Emission, node: SchemaNode, v: string, fail: string): void {
  const { writer } = emission;
  if (typeof node.raw === 'boolean') return;
  const fewest = numberOf(node.raw, 'minProperties');
  const most = numberOf(node.raw, 'maxProperties');
  if (most === undefined && (fewest === undefined || fewest <= 0)) return;
  const [count, key] = [writer.fresh('n'), writer.fresh('k')];
  writer.line(`let ${count} = 0; for (const ${key} in ${v}) if (${v}[${key}] !== undefined) ${count}++;`);
  if (fewest !== undefined) writer.line(`if (${count} < ${numeral(fewest)}) { ${fail} }`);
  if (most !== undefined) writer.line(`if (${count} > ${numeral(most)}) { ${fail} }`);
}

/** `dependentRequired`, `dependentSchemas`, and `dependencies`, which both come from. */
function emitDependencies(emission: Emission, node: SchemaNode, v: string, fail: string, t: string | undefined): void {
  const { writer, compiler } = emission;
  const { raw } = node;
  const { rules } = node.resource;
  if (typeof raw === 'boolean') return;
  const forbidden = new Set([...forbiddenNames(compiler, node), ...node.waived]);
  const dependents: [keyword: string, name: string, value: unknown][] = [];
  if (rules.dialect !== 'openapi-3.0')
    for (const [name, value] of entriesOf(raw, 'dependencies')) dependents.push(['dependencies', name, value]);
  if (rules.dialect === '2020-12') {
    if (rules.validation)
      for (const [name, value] of entriesOf(raw, 'dependentRequired'))
        dependents.push(['dependentRequired', name, value]);
    if (rules.applicator)
      for (const [name, value] of entriesOf(raw, 'dependentSchemas'))
        dependents.push(['dependentSchemas', name, value]);
  }
  for (const [keyword, name, value] of dependents) {
    const code = writer.capture(() => {
      if (Array.isArray(value)) {
        for (const other of stringsOf(value))
          if (!forbidden.has(other)) writer.line(`if (${read(v, other)} === undefined) { ${fail} }`);
      } else if (keyword !== 'dependentRequired') {
        emitSchema(
          emission,
          withWaived(compiler, compiler.nodes.child(node, value, keyword, name), forbidden),
          v,
          fail,
          t,
        );
      }
    });
    if (code !== '') writer.line(`if (${read(v, name)} !== undefined) {\n${code}\n}`);
  }
}
