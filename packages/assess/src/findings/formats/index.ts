import { pathToFileURL } from 'node:url';
import type { Report, RuleDescription } from '../report.ts';
import { formatGithub } from './github.ts';
import { formatHtml } from './html.ts';
import { formatJson } from './json.ts';
import { formatJunit } from './junit.ts';
import { formatSarif } from './sarif.ts';
import { formatText } from './text.ts';

export const formats = ['text', 'json', 'sarif', 'junit', 'html', 'github'] as const;
export type Format = (typeof formats)[number];

export interface FormatOptions {
  /** Every rule that ran: what a format may say about rules that found nothing. */
  readonly rules: readonly RuleDescription[];
  /** Of the tool. */
  readonly version: string;
  /** Absolute path that relative places are relative to. */
  readonly folder: string;
  /** What relative places have before them in the workspace of GitHub Actions: `services/shop/`. */
  readonly prefix?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly colours: boolean;
  /** Text: every place of each rule. */
  readonly all: boolean;
}

/** Reports of one or several documents in a format. */
export function formatReports(format: Format, reports: readonly Report[], options: FormatOptions): string {
  switch (format) {
    case 'text':
      return formatText(reports, options);
    case 'json':
      return formatJson(reports);
    case 'sarif':
      return formatSarif(reports, options.rules, options.version, `${pathToFileURL(options.folder).href}/`);
    case 'junit':
      return formatJunit(reports, options.rules);
    case 'html':
      return formatHtml(reports, new Date(options.now).toISOString().slice(0, 10));
    case 'github':
      return formatGithub(reports, options.prefix ?? '');
  }
}
