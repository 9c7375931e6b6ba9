import type { ParameterPlace, ParameterStyle } from '../model.ts';

const STYLES: ReadonlySet<string> = new Set([
  'matrix',
  'label',
  'simple',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
  'tabDelimited',
]);

/** A `style`, where it is one. 3.2's `cookie` is `form` whose values are not percent-encoded. */
export function styleOf(value: unknown): ParameterStyle | undefined {
  if (value === 'cookie') return 'form';
  return typeof value === 'string' && STYLES.has(value) ? (value as ParameterStyle) : undefined;
}

/** OpenAPI 3.x Parameter Object, `style`. */
export function defaultStyle(place: ParameterPlace): ParameterStyle {
  return place === 'path' || place === 'header' ? 'simple' : 'form';
}

/** Where each style may be used (3.x, Style Values). */
export function styleFits(style: ParameterStyle, place: ParameterPlace): boolean {
  switch (style) {
    case 'matrix':
    case 'label':
      return place === 'path';
    case 'simple':
      return place === 'path' || place === 'header';
    case 'form':
      return place === 'query' || place === 'cookie';
    default:
      return place === 'query';
  }
}

/** 2.0's `collectionFormat` as `style` and `explode`. */
export function collectionStyle(
  format: unknown,
  place: ParameterPlace,
): { readonly style: ParameterStyle; readonly explode: boolean } | undefined {
  switch (format) {
    case undefined:
    case 'csv':
      return { style: defaultStyle(place), explode: false };
    case 'multi':
      return place === 'query' ? { style: 'form', explode: true } : undefined;
    case 'ssv':
      return { style: 'spaceDelimited', explode: false };
    case 'pipes':
      return { style: 'pipeDelimited', explode: false };
    case 'tsv':
      return { style: 'tabDelimited', explode: false };
    default:
      return undefined;
  }
}
