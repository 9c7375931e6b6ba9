// What the two formats ask for, written from the formats' own descriptions: OWASP Threat Dragon 2 (threat model schema V2)
// and IriusRisk's Open Threat Model 0.2.0. Members that the formats leave free are left free.

type JsonSchema = Readonly<Record<string, unknown>>;

const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: 'number' };
const maybeText: JsonSchema = { type: ['string', 'null'] };
const things = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const maybeList = (items: JsonSchema): JsonSchema => ({ type: ['array', 'null'], items });

const dragonThreat = things(
  {
    id: text,
    title: text,
    type: text,
    status: text,
    severity: text,
    description: text,
    mitigation: text,
    modelType: text,
    score: text,
    number: { type: 'integer', minimum: 0 },
  },
  ['description', 'mitigation', 'severity', 'status', 'title', 'type'],
);
const end = things({ cell: text, x: number, y: number }, []);
const dragonCell = things(
  {
    id: { type: 'string', minLength: 2 },
    shape: text,
    zIndex: { type: 'integer' },
    position: things({ x: number, y: number }, ['x', 'y']),
    size: things({ width: { type: 'number', minimum: 10 }, height: { type: 'number', minimum: 10 } }, [
      'width',
      'height',
    ]),
    connector: text,
    source: end,
    target: end,
    vertices: listOf(things({ x: number, y: number }, ['x', 'y'])),
    data: things(
      {
        type: text,
        name: text,
        description: text,
        hasOpenThreats: { type: 'boolean' },
        threats: listOf(dragonThreat),
        protocol: text,
        isEncrypted: { type: 'boolean' },
        isPublicNetwork: { type: 'boolean' },
        isTrustBoundary: { type: 'boolean' },
        outOfScope: { type: 'boolean' },
        reasonOutOfScope: text,
      },
      ['hasOpenThreats', 'type'],
    ),
  },
  ['id', 'shape', 'zIndex'],
);

/** OWASP Threat Dragon 2. */
export const threatDragonSchema: JsonSchema = things(
  {
    version: { type: 'string', maxLength: 10 },
    summary: things({ title: text, owner: text, description: text, id: { type: ['integer', 'string'] } }, ['title']),
    detail: things(
      {
        contributors: listOf(things({ name: text }, [])),
        reviewer: text,
        diagramTop: { type: 'integer', minimum: 0 },
        threatTop: { type: 'integer', minimum: 0 },
        diagrams: listOf(
          things(
            {
              id: { type: 'integer', minimum: 0 },
              title: text,
              diagramType: { type: 'string', minLength: 3 },
              thumbnail: text,
              version: { type: 'string', maxLength: 10 },
              description: text,
              placeholder: text,
              cells: listOf(dragonCell),
            },
            ['diagramType', 'id', 'thumbnail', 'title', 'version'],
          ),
        ),
      },
      ['contributors', 'diagrams', 'diagramTop', 'reviewer', 'threatTop'],
    ),
  },
  ['version', 'summary', 'detail'],
);

const attributes: JsonSchema = { type: ['object', 'null'] };
const box = maybeList(things({ representation: text, id: text }, ['representation', 'id']));
const threatAt = maybeList(
  things(
    {
      threat: text,
      state: text,
      mitigations: listOf(things({ mitigation: maybeText, state: maybeText }, ['mitigation', 'state'])),
    },
    ['threat', 'state'],
  ),
);
const parent: JsonSchema = {
  type: 'object',
  properties: { trustZone: text, component: text },
  oneOf: [{ required: ['trustZone'] }, { required: ['component'] }],
};

/** Open Threat Model 0.2.0. */
export const openThreatModelSchema: JsonSchema = things(
  {
    otmVersion: text,
    project: things(
      {
        name: text,
        id: text,
        description: maybeText,
        owner: maybeText,
        ownerContact: maybeText,
        tags: maybeList(text),
        attributes,
      },
      ['name', 'id'],
    ),
    representations: maybeList(
      things({ name: text, id: text, type: text, description: maybeText }, ['name', 'id', 'type']),
    ),
    assets: maybeList(
      things(
        {
          name: text,
          id: text,
          description: maybeText,
          risk: things({ confidentiality: number, integrity: number, availability: number, comment: maybeText }, [
            'confidentiality',
            'integrity',
            'availability',
          ]),
          attributes,
        },
        ['name', 'id', 'risk'],
      ),
    ),
    trustZones: listOf(
      things(
        {
          id: text,
          name: text,
          type: text,
          description: maybeText,
          risk: things({ trustRating: number }, ['trustRating']),
          parent,
          representations: box,
          attributes,
        },
        ['id', 'name', 'risk'],
      ),
    ),
    components: maybeList(
      things(
        {
          id: text,
          name: text,
          type: text,
          description: maybeText,
          parent,
          representations: box,
          assets: {
            ...things({ processed: maybeList(maybeText), stored: maybeList(maybeText) }, []),
            type: ['object', 'null'],
          },
          threats: threatAt,
          tags: maybeList(maybeText),
          attributes,
        },
        ['id', 'name', 'type', 'parent'],
      ),
    ),
    dataflows: listOf(
      things(
        {
          id: text,
          name: text,
          description: maybeText,
          bidirectional: { type: ['boolean', 'null'] },
          source: text,
          destination: text,
          assets: maybeList(maybeText),
          threats: threatAt,
          tags: maybeList(maybeText),
          attributes,
        },
        ['id', 'name', 'source', 'destination'],
      ),
    ),
    threats: maybeList(
      things(
        {
          id: text,
          name: text,
          description: maybeText,
          categories: maybeList(maybeText),
          cwes: maybeList(maybeText),
          risk: things(
            {
              likelihood: { type: ['number', 'null'] },
              likelihoodComment: maybeText,
              impact: number,
              impactComment: text,
            },
            ['likelihood', 'impact'],
          ),
          tags: maybeList(maybeText),
          attributes,
        },
        ['id', 'name', 'risk'],
      ),
    ),
    mitigations: maybeList(
      things({ id: text, name: text, description: maybeText, riskReduction: number, attributes }, [
        'id',
        'name',
        'riskReduction',
      ]),
    ),
  },
  ['otmVersion', 'project'],
);
