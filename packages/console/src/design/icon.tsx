import {
  Activity,
  ArrowDown,
  ArrowUp,
  Ban,
  CalendarClock,
  Check,
  ClipboardList,
  Clock,
  Coffee,
  Coins,
  CornerUpLeft,
  Download,
  Ellipsis,
  FileInput,
  Flag,
  FolderKanban,
  Gauge,
  Grid3x3,
  Hand,
  type IconNode,
  Info,
  Keyboard,
  Layers,
  Link,
  ListTodo,
  LogOut,
  Pause,
  Play,
  Plus,
  RotateCcw,
  Rows3,
  Scale,
  Search,
  ServerCog,
  Settings2,
  SkipForward,
  SquarePen,
  SunMoon,
  Timer,
  Users,
  X,
} from 'lucide'
import { h, type VNode } from 'preact'

const ICONS = {
  activity: Activity,
  add: Plus,
  away: Coffee,
  back: CornerUpLeft,
  calibrate: Gauge,
  cancel: Ban,
  check: Check,
  close: X,
  compare: Scale,
  density: Rows3,
  down: ArrowDown,
  download: Download,
  flag: Flag,
  help: Info,
  hold: Hand,
  imports: FileInput,
  jobs: Layers,
  keys: Keyboard,
  limits: Timer,
  link: Link,
  more: Ellipsis,
  pause: Pause,
  people: Users,
  project: FolderKanban,
  queue: ListTodo,
  results: Grid3x3,
  retry: RotateCcw,
  runs: Play,
  schedules: CalendarClock,
  search: Search,
  settings: Settings2,
  signOut: LogOut,
  skip: SkipForward,
  system: ServerCog,
  tasks: ClipboardList,
  theme: SunMoon,
  up: ArrowUp,
  usage: Coins,
  wait: Clock,
  work: SquarePen,
} as const satisfies Record<string, IconNode>

/** The name of an icon. */
export type IconName = keyof typeof ICONS

/** A drawing beside a word, which alone is read out. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg
      class="icon"
      width="16"
      height="16"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2.25"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {ICONS[name].map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  )
}
