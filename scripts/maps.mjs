// Maps whose keys come from outside are no plain objects: `__proto__`, `constructor` and `toString` are keys like others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { root } from './ready.mjs';

/**
 * Finds, in each file, plain objects that are written or read under a key that is computed: variables that begin as `{}` or
 * `{ … }` and get `name[key] = …` in a file that does not say what becomes of `__proto__`, and tables typed by any text (`Record<string, …>`) that are read by `name[key]`.
 * `Object.create(null)` and `Map` are what to use; a key that is checked by `Object.hasOwn(name, key)` may be read.
 * @param {readonly string[]} files paths from the root
 * @returns {string[]} one line each: place and what
 */
export function checkMaps(files) {
  return files
    .filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'))
    .flatMap((file) => findMaps(file, readFileSync(join(root, file), 'utf8')));
}

/** @param {string} file @param {string} text @returns {string[]} */
export function findMaps(file, text) {
  const { program } = parseSync(file, text);
  const plain = new Map();
  const found = [];
  walk(program, (node) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return;
    const value = withoutTypes(node.init);
    if (value?.type !== 'ObjectExpression') return;
    if (value.properties.some((one) => one.key?.name === '__proto__' && one.value?.value === null)) return;
    const typed =
      node.id.typeAnnotation === undefined || node.id.typeAnnotation === null
        ? ''
        : text.slice(node.id.typeAnnotation.start, node.id.typeAnnotation.end);
    // Keys of a type that lists them are not anybody's.
    if (/Record<(?!\s*string\b)/.test(typed)) return;
    plain.set(node.id.name, /Record<\s*string\b|\[\w+: string\]/.test(typed));
  });
  walk(program, (node, parent) => {
    if (node.type !== 'MemberExpression' || !node.computed || isFixed(node.property)) return;
    const object = withoutTypes(node.object);
    if (object.type !== 'Identifier' || !plain.has(object.name)) return;
    // Who writes keys of any name has to think of this one; a file that does may build what a parser would have built.
    const written = parent?.type === 'AssignmentExpression' && parent.left === node;
    if (written && text.includes('__proto__')) return;
    const key = text.slice(node.property.start, node.property.end);
    const isChecked = text.replaceAll(/\s/g, '').includes(`,${key.replaceAll(/\s/g, '')})`) && text.includes('hasOwn(');
    if (!written && (!plain.get(object.name) || isChecked)) return;
    const line = text.slice(0, node.start).split('\n').length;
    found.push(
      `${file}:${line}: ${object.name} is a plain object and ${written ? 'written' : 'read'} under a computed key`,
    );
  });
  return found;
}

/** A key that is written out, or a number. */
function isFixed(key) {
  return key.type === 'Literal' || (key.type === 'TemplateLiteral' && key.expressions.length === 0);
}

function withoutTypes(node) {
  let inner = node;
  while (
    inner !== null &&
    inner !== undefined &&
    /^(?:TS(?:As|Satisfies|NonNull)Expression|ParenthesizedExpression)$/.test(inner.type)
  )
    inner = inner.expression;
  return inner ?? undefined;
}

function walk(node, visit, parent) {
  if (Array.isArray(node)) for (const one of node) walk(one, visit, parent);
  else if (typeof node === 'object' && node !== null && typeof node.type === 'string') {
    visit(node, parent);
    for (const [name, value] of Object.entries(node))
      if (name !== 'parent' && typeof value === 'object') walk(value, visit, node);
  }
}
