import type { Direction } from '../compiled.ts';
import type { Schema } from '../model.ts';
import { Applied } from '../schema/applied.ts';
import { compilerOf } from '../schema/compiler.ts';
import type { SchemaSource } from '../schema/index.ts';
import { entriesOf, type SchemaNode } from '../schema/node.ts';
import { isJson, parseMediaType } from './media-type.ts';
import type { ServerSentEvent } from './event-stream.ts';

/** What the data of events are, where they are texts that hold JSON. */
export interface EventContent {
  /** The schemas that hold for the data of one event, by what the event is. */
  of(event: ServerSentEvent): readonly Schema[];
}

/**
 * Finds the `contentSchema` of an event's `data`, through `$ref`, `allOf` and alternatives (OpenAPI 3.2, section 4.14.4).
 * @returns undefined where no event has one
 */
export function compileEventContent(
  source: SchemaSource,
  itemSchema: Schema,
  direction: Direction,
): EventContent | undefined {
  const compiler = compilerOf(source.references, { direction, content: true });
  const event = new Applied(compiler, [compiler.nodes.at(itemSchema)]);
  const dataIn = (layers: readonly SchemaNode[]): SchemaNode[] =>
    layers.flatMap((layer) => {
      const data = entriesOf(typeof layer.raw === 'object' ? layer.raw : {}, 'properties').find(
        ([name]) => name === 'data',
      );
      return data === undefined ? [] : [compiler.nodes.child(layer, data[1], 'properties', 'data')];
    });
  const contentIn = (layers: readonly SchemaNode[]): Schema[] =>
    layers.flatMap(({ raw, resource, pointer }) => {
      const { contentSchema: schema, contentMediaType: type } = typeof raw === 'object' ? raw : {};
      if (typeof type === 'string' && !isJson(parseMediaType(type)?.essence ?? '')) return [];
      if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return [];
      const location = { document: resource.document, pointer: `${pointer}/contentSchema` };
      return [{ location, dialect: resource.rules.dialect, raw: schema as Readonly<Record<string, unknown>> }];
    });
  if (contentIn(dataIn(event.all()).flatMap((data) => new Applied(compiler, [data]).all())).length === 0)
    return undefined;
  /** By the schemas that hold for an event: what is said of its data. */
  const known = new Map<string, Applied>();
  return {
    of(value) {
      const { key, layers } = event.of(value);
      let data = known.get(key);
      if (data === undefined) {
        data = new Applied(compiler, dataIn([...event.layers, ...layers]));
        if (known.size < 256) known.set(key, data);
      }
      return contentIn([...data.layers, ...data.of(value.data).layers]);
    },
  };
}
