import type { Operation, Parameter } from '@castellan/contract';
import { plain } from '@castellan/meaning';

const SIZE =
  /^(?:limit|pagesize|perpage|size|maxresults|maxitems|maxcount|top|count|take|first|last|pagelimit|maxrows|rows|itemsperpage|resultsperpage|num|numresults|pagecount|maxpagesize|psize|batchsize|pagelength)$/;
const POSITION =
  /^(?:page|pagenumber|offset|cursor|after|before|starting?after|endingbefore|pagetoken|nextpagetoken|continuationtoken|marker|nextmarker|since|start|skip|from|startindex|continuation|streamposition|nextcursor|pagecursor|until|sync|synctoken)$/;

/** The parameter by which callers say how many items they want. */
export function sizeParameter(operation: Operation): Parameter | undefined {
  const declared = operation.castellan.page?.limit;
  return operation.parameters.find((parameter) =>
    declared === undefined ? parameter.in === 'query' && SIZE.test(plain(parameter.name)) : parameter.name === declared,
  );
}

/** Whether an operation answers in pages at all. */
export function isPaged(operation: Operation): boolean {
  return (
    operation.castellan.page !== undefined ||
    sizeParameter(operation) !== undefined ||
    operation.parameters.some((parameter) => parameter.in === 'query' && POSITION.test(plain(parameter.name)))
  );
}
