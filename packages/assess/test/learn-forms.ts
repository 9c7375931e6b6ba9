// Gaps between a document and its API in many forms: for each place where a schema may stand, and each version of OpenAPI.

export type Version = '2.0' | '3.0.3' | '3.1.0';
export type Schema = Readonly<Record<string, unknown>>;

/** What a document says of a value, and what the API really does. */
interface Gap {
  readonly name: string;
  readonly schema: (version: Version) => Schema;
  /** Of a first session, and of a second one. */
  readonly values: readonly [unknown, unknown];
  /** Requests with it stay a question: no values are recorded. */
  readonly answersOnly?: true;
  readonly requestsOnly?: true;
}

const text = { type: 'string' };
const object = (properties: Schema, more: Schema = {}): Schema => ({ type: 'object', properties, ...more });
const fixed = (schema: Schema) => (): Schema => schema;

const gaps: readonly Gap[] = [
  {
    name: 'a property',
    schema: fixed(object({ id: text })),
    values: [
      { id: 'a', note: 'x' },
      { id: 'b', note: 'other words' },
    ],
  },
  {
    name: 'a property of a closed object',
    schema: fixed(object({ id: text }, { additionalProperties: false })),
    values: [
      { id: 'a', more: { deep: [1] } },
      { id: 'b', more: { deep: [2.5, 7] } },
    ],
  },
  {
    name: 'null for a text',
    schema: fixed(object({ id: text, when: text })),
    values: [
      { id: 'a', when: null },
      { id: 'b', when: 'now' },
    ],
  },
  {
    name: 'null for a choice',
    schema: fixed(object({ colour: { type: 'string', enum: ['red', 'blue'] } })),
    values: [{ colour: null }, { colour: 'blue' }],
  },
  {
    name: 'null for a described object',
    schema: fixed(object({ id: text, owner: { $ref: 'Person' } })),
    values: [
      { id: 'a', owner: null },
      { id: 'b', owner: { label: 'x' } },
    ],
  },
  {
    name: 'null for a list',
    schema: fixed(object({ list: { type: 'array', items: text } })),
    values: [{ list: null }, { list: ['a'] }],
  },
  {
    name: 'fractions for whole numbers',
    schema: fixed(object({ n: { type: 'integer', format: 'int32' } })),
    values: [{ n: 1.5 }, { n: 3 }],
  },
  { name: 'texts for numbers', schema: fixed(object({ n: { type: 'number' } })), values: [{ n: '7' }, { n: 8 }] },
  {
    name: 'a list for an object',
    schema: fixed(object({ o: { $ref: 'Person' } })),
    values: [
      { o: [{ label: 'x', nick: 'y' }] },
      {
        o: [
          { label: 'z', nick: 'w' },
          { label: 'v', nick: 'u' },
        ],
      },
    ],
  },
  {
    name: 'what is required is missing',
    schema: fixed(object({ id: text, due: text }, { required: ['id', 'due'] })),
    values: [{ id: 'a' }, { id: 'b', due: 'x' }],
  },
  {
    name: 'a format that does not hold',
    schema: fixed(object({ at: { type: 'string', format: 'date-time' } })),
    values: [{ at: '2026-01-02 03:04' }, { at: '2027-05-06 07:08:09' }],
  },
  {
    name: 'another choice',
    schema: fixed(object({ colour: { type: 'string', enum: ['red'] } })),
    values: [{ colour: 'blue' }, { colour: 'green' }],
    answersOnly: true,
  },
  {
    name: 'what is read-only comes back',
    schema: fixed(object({ id: { type: 'string', readOnly: true }, note: text })),
    values: [
      { id: 'a', note: 'x' },
      { id: 'b', note: 'y' },
    ],
    requestsOnly: true,
  },
  {
    name: 'keys beside properties',
    schema: fixed(object({ id: text })),
    values: [
      { id: 'a', '2026-01': 1, '2026-02': 2 },
      { id: 'b', '2027-11': 3.5 },
    ],
    answersOnly: true,
  },
  { name: 'a bound', schema: fixed(object({ n: { type: 'integer', maximum: 5 } })), values: [{ n: 9 }, { n: 4 }] },
  {
    name: 'a pattern',
    schema: fixed(object({ code: { type: 'string', pattern: '^[A-Z]{2}$', maxLength: 2 } })),
    values: [{ code: 'abc' }, { code: 'de' }],
  },
];

/** Where the schema of a gap stands in that of the body, and the value in the body. */
interface Position {
  readonly name: string;
  readonly versions: readonly Version[];
  readonly schema: (inner: Schema) => Schema;
  readonly value: (inner: unknown) => unknown;
}

const all: readonly Version[] = ['2.0', '3.0.3', '3.1.0'];
const same = (value: unknown): unknown => value;

const positions: readonly Position[] = [
  { name: 'whole', versions: all, schema: (inner) => inner, value: same },
  {
    name: 'allOf',
    versions: all,
    schema: (inner) => ({ allOf: [inner, object({ base: text })] }),
    value: (value) => ({ ...(value as object), base: 'b' }),
  },
  {
    name: 'items',
    versions: all,
    schema: (inner) => ({ type: 'array', items: inner }),
    value: (value) => [value, value],
  },
  {
    name: 'property',
    versions: all,
    schema: (inner) => object({ inner, 'a/b': text }),
    value: (inner) => ({ inner, 'a/b': 'x' }),
  },
  {
    name: 'map',
    versions: all,
    schema: (inner) => ({ type: 'object', additionalProperties: inner }),
    value: (value) => ({ one: value, 'x-2': value }),
  },
  {
    name: 'alternative',
    versions: ['3.0.3', '3.1.0'],
    schema: (inner) => ({
      anyOf: [object({ far: { type: 'integer' } }, { required: ['far'], additionalProperties: false }), inner],
    }),
    value: same,
  },
];

export interface Case {
  readonly gap: Gap;
  readonly position: Position;
  readonly side: 'request' | 'answer';
  readonly shared: boolean;
  readonly path: string;
}

export function casesOf(version: Version): Case[] {
  return gaps
    .flatMap((gap) =>
      positions
        .filter(({ versions }) => versions.includes(version))
        .flatMap((position) =>
          (['request', 'answer'] as const)
            // 2.0 cannot say that a value is one or the other.
            .filter(
              (side) =>
                (side === 'answer' && gap.requestsOnly !== true) ||
                (side === 'request' &&
                  gap.answersOnly !== true &&
                  !(version === '2.0' && gap.name === 'a list for an object')),
            )
            .flatMap((side) => [true, false].map((shared) => ({ gap, position, side, shared, path: '' }))),
        ),
    )
    .map((one, index) => ({ ...one, path: `/case${index}` }));
}

/** The document of all these cases: the schema of each as a component, or where it is used. */
export function documentOf(version: Version, cases: readonly Case[]): Schema {
  const schemas = new Map<string, Schema>([['Person', object({ label: text })]]);
  const swagger = version === '2.0';
  const ref = (name: string): string => (swagger ? `#/definitions/${name}` : `#/components/schemas/${name}`);
  const withRefs = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(withRefs);
    if (typeof schema !== 'object' || schema === null) return schema;
    return Object.fromEntries(
      Object.entries(schema).map(([name, value]) => [name, name === '$ref' ? ref(String(value)) : withRefs(value)]),
    );
  };
  const paths = cases.map(({ gap, position, side, shared, path }, index) => {
    const written = gap.schema(version);
    if (shared) schemas.set(`S${index}`, written);
    const schema = withRefs(position.schema(shared ? { $ref: `S${index}` } : written));
    const media = { content: { 'application/json': { schema } } };
    const responses = {
      200: { description: '', ...(side === 'request' ? {} : swagger ? { schema } : media) },
    };
    const body =
      side === 'answer'
        ? {}
        : swagger
          ? { parameters: [{ in: 'body', name: 'body', required: true, schema }] }
          : { requestBody: { required: true, ...media } };
    return [path, { [side === 'answer' ? 'get' : 'post']: { ...body, responses } }];
  });
  const components = Object.fromEntries([...schemas].map(([name, schema]) => [name, withRefs(schema)]));
  return {
    ...(swagger ? { swagger: '2.0' } : { openapi: version }),
    info: { title: 'Gaps', version: '1' },
    paths: Object.fromEntries(paths),
    ...(swagger ? { definitions: components } : { components: { schemas: components } }),
  };
}
