/** My shift and single tasks, as a slice of the app. */
import { screen } from '../app/routes';
import type { Slice } from '../app/slice';
import { TASK_RULES } from './optimistic';
import Shift from './Shift.svelte';
import TaskScreen from './TaskScreen.svelte';

export const SHIFT: Slice = {
  name: 'shift',
  optimistic: TASK_RULES,
  screens: [
    screen('/shift', Shift, { title: 'shift.title' }),
    screen('/tasks/:task_id', TaskScreen, { title: 'task.title', frame: 'bare' }),
  ],
  nav: [{ path: '/shift', icon: 'list', label: 'shift.title' }],
};
