import { mount } from 'svelte';
import './tokens/tokens.css';
import './tokens/base.css';
import './tokens/data.css';
import Shell from './views/shell/Shell.svelte';

const target = document.getElementById('app');
if (target !== null) {
  mount(Shell, { target });
}
