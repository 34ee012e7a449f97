import { expect, it } from 'vitest';
import { named } from './named';

const options = [
  { value: 'alibaba:eu-central-1', label: 'Frankfurt' },
  { value: 'aws:eu-central-1', label: 'Frankfurt' },
  { value: 'azure:francecentral', label: 'Paris' },
];

it('takes what was typed for a proposal only where one alone has the name', () => {
  expect(named(options, 'paris')).toBe(options[2]);
  expect(named(options, 'AWS:eu-central-1')).toBe(options[1]);
  expect(named(options, 'frankfurt')).toBe('several');
  expect(named(options, 'frank')).toBeUndefined();
});
