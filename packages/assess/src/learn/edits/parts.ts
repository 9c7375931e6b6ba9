import { pointerOf, type Editor } from '../editor.ts';
import { inferParameter, inferSchema, type JsonSchema } from '../infer.ts';
import type { MergedBody, MergedLook } from '../look.ts';
import type { OperationSite } from '../operation-site.ts';

/** Whether bodies of a media type are described by a schema here. */
function isDescribed(type: string): boolean {
  return /[/+]json$|^application\/x-www-form-urlencoded$|^multipart\/form-data$/.test(type.split(';', 1)[0] ?? '');
}

/** The schema of bodies that nobody documented. */
function schemaOfBody(body: MergedBody, type: string, site: OperationSite): JsonSchema | undefined {
  if (isDescribed(type) && body.places.size > 0) return inferSchema(body, '', '', site.speech);
  if (type.startsWith('text/')) return { type: 'string' };
  return undefined;
}

/** Documents a parameter of the query. */
export function addParameter(editor: Editor, site: OperationSite, name: string, look: MergedLook): boolean {
  if (site.parameter('query', name) !== undefined) return true;
  const one = inferParameter(look, name);
  const schema = look.repeated ? { type: 'array', items: one } : one;
  const flat = look.repeated ? { ...schema, collectionFormat: 'multi' } : schema;
  editor.append(
    `${site.pointer}/parameters`,
    site.speech === 'swagger' ? { name, in: 'query', ...flat } : { name, in: 'query', schema },
  );
  return true;
}

/** Documents a request body, or one more media type of it. */
export function addRequestType(editor: Editor, site: OperationSite, type: string, body: MergedBody): boolean {
  const schema = schemaOfBody(body, type, site);
  if (site.speech === 'swagger') {
    site.addSwaggerType('consumes', type);
    if (site.body === undefined)
      editor.append(`${site.pointer}/parameters`, { name: 'body', in: 'body', schema: schema ?? {} });
    return true;
  }
  const content = `${site.body ?? `${site.pointer}/requestBody`}/content`;
  const before = Object.values((editor.get(content) as object | undefined) ?? {}) as { readonly schema?: unknown }[];
  // The same data under another name is what is documented already.
  const same = isDescribed(type) ? before.find((media) => media.schema !== undefined)?.schema : undefined;
  const media = same ?? schema;
  editor.set(`${content}${pointerOf([type])}`, media === undefined ? {} : { schema: media });
  return true;
}

/** Documents a status with the bodies that it had. */
export function addStatus(
  editor: Editor,
  site: OperationSite,
  status: number,
  bodies: ReadonlyMap<string, MergedBody>,
  description: string,
): boolean {
  const typed = [...bodies].filter(([type]) => type !== '');
  const response = `${site.pointer}/responses${pointerOf([String(status)])}`;
  if (site.speech === 'swagger') {
    const [first] = typed;
    const schema = first === undefined ? undefined : (schemaOfBody(first[1], first[0], site) ?? { type: 'string' });
    for (const [type] of typed) site.addSwaggerType('produces', type);
    editor.set(response, schema === undefined ? { description } : { description, schema });
    return true;
  }
  const content = Object.fromEntries(
    typed.map(([type, body]) => {
      const schema = schemaOfBody(body, type, site);
      return [type, schema === undefined ? {} : { schema }];
    }),
  );
  editor.set(response, typed.length === 0 ? { description } : { description, content });
  return true;
}

/** Documents a media type of a status that is documented. */
export function addAnswerType(
  editor: Editor,
  site: OperationSite,
  status: number,
  type: string,
  body: MergedBody,
): boolean {
  const response = site.response(status);
  if (response === undefined) return false;
  const schema = schemaOfBody(body, type, site);
  if (site.speech === 'swagger') {
    site.addSwaggerType('produces', type);
    if (!editor.has(`${response}/schema`)) editor.set(`${response}/schema`, schema ?? { type: 'string' });
    return true;
  }
  editor.set(`${response}/content${pointerOf([type])}`, schema === undefined ? {} : { schema });
  return true;
}

/** Documents that a status may have bytes of any media type. */
export function addAnyFile(editor: Editor, site: OperationSite, status: number): boolean {
  const response = site.response(status);
  if (response === undefined) return false;
  if (site.speech === 'swagger') {
    site.addSwaggerType('produces', '*/*');
    editor.set(`${response}/schema`, { type: 'file' });
    return true;
  }
  const any = `${response}/content${pointerOf(['*/*'])}`;
  if (!editor.has(any)) editor.set(any, { schema: { type: 'string', format: 'binary' } });
  return true;
}

/**
 * Documents that a status may have no body.
 * @param sometimes whether it has one at other times: then an empty text is one of its forms
 */
export function allowEmpty(editor: Editor, site: OperationSite, status: number, sometimes: boolean): boolean {
  const response = site.response(status);
  if (response === undefined) return false;
  if (sometimes) {
    if (site.speech === 'swagger') return false;
    editor.set(`${response}/content${pointerOf(['text/plain'])}`, { schema: { type: 'string', maxLength: 0 } });
    return true;
  }
  if (response.startsWith(site.pointer)) {
    editor.remove(`${response}/${site.speech === 'swagger' ? 'schema' : 'content'}`);
    return true;
  }
  // Others share the response.
  const { content: _content, schema: _schema, ...rest } = editor.get(response) as Readonly<Record<string, unknown>>;
  editor.set(`${site.pointer}/responses${pointerOf([String(status)])}`, rest);
  return true;
}
