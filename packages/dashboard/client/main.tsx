import { render } from 'preact';
import { App } from './app.js';
import { startView } from './live/live-view.js';

startView();
render(<App />, document.querySelector('#app')!);
