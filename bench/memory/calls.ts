// One call of every operation of a document, made of its own examples.

export interface Call {
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** What the handler answers. */
  readonly answer: { readonly status: number; readonly type: string | undefined; readonly body: string };
}

type Json = Record<string, unknown>;

const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** Every operation with an example of its required parameters, its body and its first successful response. */
export function callsOf(document: Json): Call[] {
  const follow = (value: unknown): Json => {
    let current = (value ?? {}) as Json;
    while (typeof current['$ref'] === 'string')
      current = current['$ref']
        .slice(2)
        .split('/')
        .reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')] as Json, document);
    return current;
  };
  const exampleOf = (media: Json): unknown => {
    const [first] = Object.values((media['examples'] ?? {}) as Json);
    if (first !== undefined) return follow(first)['value'];
    if (media['example'] !== undefined) return media['example'];
    const schema = follow(media['schema']);
    return schema['example'] ?? schema['default'] ?? sample(schema);
  };
  const sample = (schema: Json): unknown => {
    if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown;
    switch (schema['type']) {
      case 'integer':
      case 'number':
        return 1;
      case 'boolean':
        return true;
      case 'array':
        return [];
      case 'object':
        return {};
      default:
        return 'a';
    }
  };
  const calls: Call[] = [];
  for (const [path, item] of Object.entries(document['paths'] as Record<string, Json>)) {
    for (const method of methods) {
      const operation = item[method] as Json | undefined;
      if (operation === undefined) continue;
      const parameters = [
        ...((item['parameters'] ?? []) as unknown[]),
        ...((operation['parameters'] ?? []) as unknown[]),
      ];
      let target = path;
      const query: string[] = [];
      for (const parameter of parameters.map(follow)) {
        const value = encodeURIComponent(String(exampleOf(parameter)));
        if (parameter['in'] === 'path')
          target = target.replace(`{${String(parameter['name'])}}`, value.replaceAll('%2F', '-'));
        else if (parameter['in'] === 'query' && parameter['required'] === true)
          query.push(`${String(parameter['name'])}=${value}`);
      }
      const contents = (follow(operation['requestBody'])['content'] ?? {}) as Record<string, Json>;
      const [type, media] = Object.entries(contents)[0] ?? [];
      calls.push({
        operation: String(operation['operationId']),
        method: method.toUpperCase(),
        target: query.length === 0 ? target : `${target}?${query.join('&')}`,
        headers: type === undefined ? {} : { 'content-type': type },
        body: media === undefined ? undefined : JSON.stringify(exampleOf(media)),
        answer: answerOf(operation),
      });
    }
  }
  return calls;

  function answerOf(operation: Json): Call['answer'] {
    const responses = Object.entries((operation['responses'] ?? {}) as Json);
    const [status, given] = responses.find(([code]) => code.startsWith('2')) ?? responses[0] ?? ['204', {}];
    const [type, media] = Object.entries((follow(given)['content'] ?? {}) as Record<string, Json>)[0] ?? [];
    return {
      status: Number(status) || 200,
      type,
      body: media === undefined ? '' : JSON.stringify(exampleOf(media)),
    };
  }
}
