/* Leader, host, attempt, landing intent: who may say what, and when. The page beside this file says how to run it.
 *
 * Log    what every leader folds: per task a state, a number and a landing; `epoch` and `version` fence its appends.
 * World  what happens outside: attempts (live, then an outcome that stays), the target, the repository lock.
 * Two leaders, of which each may believe that it leads; a host that runs attempts; a person who moves the target;
 * a wire that delivers an append late or never; a demon that crashes leaders and attempts at any point.
 *
 * Mutants, each a fence taken away: NO_NUMBER, SAME_NUMBER, NO_EPOCH_APPEND, NO_EPOCH_LOCK, EPOCH_OUTSIDE_LOCK,
 * NO_VERSION, NO_INTENT, NO_LOOKUP, NO_LOST. LAND_ONCE_ONLY silences the assertion that NO_INTENT breaks first.
 */
#ifndef TASKS
#define TASKS 2
#endif
#ifndef FAULTS
#define FAULTS 2
#endif
#define RETRIES 1
#define NUMBERS 5                       /* 1 + RETRIES + FAULTS at most: every lost attempt costs a fault */

mtype = { none, ready, running, succeeded, failed,                      /* tasks */
          begin, land,                                                  /* effects */
          start, success, failure, lost, intent, landed, refuted }      /* events */

/* The log, folded. */
byte epoch, version;
mtype task[TASKS] = ready;
byte number[TASKS], failures[TASKS];
mtype landing[TASKS] = none;
byte from[TASKS];
bool recorded[TASKS];                   /* a success stands in the log */

/* The world. An attempt is (task, number). */
#define AT(t, n) ((t) * NUMBERS + (n) - 1)
byte live[TASKS * NUMBERS];
mtype outcome[TASKS * NUMBERS] = none;  /* pinned under the attempt's ref before it is told; told as often as asked */
byte target;                            /* a new value at each move, never an old one again */
bool contains[TASKS];
byte moves[TASKS];
byte repositoryLock, owner, crashed;    /* holders by name, 0 is nobody */

/* Faults are bounded, and at some moment there are no more. */
byte faults = FAULTS;
bool calm;
#define MAY_FAIL (faults > 0 && !calm)

/* One append whose end nobody saw, still under way. */
mtype lateEvent = none;
byte lateEpoch, lateVersion, lateTask, lateNumber, lateFrom;

#define OVER(t) (task[t] == failed || landing[t] == landed)
#if TASKS == 2
#define ALL_OVER (OVER(0) && OVER(1))
#define INTENT_OPEN (landing[0] == intent || landing[1] == intent)
#else
#define ALL_OVER OVER(0)
#define INTENT_OPEN (landing[0] == intent)
#endif
ltl ends { <> ALL_OVER }

#ifdef NO_EPOCH_APPEND
#define EPOCH_FITS(e) true
#else
#define EPOCH_FITS(e) ((e) == epoch)
#endif
#ifdef NO_VERSION
#define VERSION_FITS(v) true
#else
#define VERSION_FITS(v) ((v) == version)
#endif

#ifdef SAME_NUMBER
#define NUMBER_MAY_REPEAT true
#define NEXT(t) (number[t] == 0 -> 1 : (outcome[AT(t, number[t])] == none -> number[t] : number[t] + 1))
#else
#define NUMBER_MAY_REPEAT false
#define NEXT(t) (number[t] + 1)
#endif

/* Takes an event into the log. The assertions are the properties. */
inline evolve(event, by, t, n, base) {
  assert(by == epoch);                                          /* an old epoch never appends after a take-over */
  if
  :: event == start -> assert(!recorded[t]);                    /* no recorded success is repeated */
    assert(task[t] == ready && n == number[t] + 1 || NUMBER_MAY_REPEAT);
    task[t] = running; number[t] = n
  :: event == success || event == failure || event == lost ->
    assert(task[t] == running && n == number[t]);               /* an outcome with an old number changes nothing */
    if
    :: event == success -> task[t] = succeeded; recorded[t] = true
    :: event == failure && failures[t] == RETRIES -> task[t] = failed
    :: event == failure && failures[t] < RETRIES -> failures[t]++; task[t] = ready
    :: event == lost -> task[t] = ready                         /* spends no retry */
    fi
  :: event == intent -> assert(recorded[t] && landing[t] == none); landing[t] = intent; from[t] = base
  :: event == landed -> assert(contains[t]); landing[t] = landed; from[t] = 0
  :: event == refuted -> landing[t] = none; from[t] = 0
  fi;
  version++
}

/* What a leader may do next about task t, by the log and by what it finds in the world. */
#define CAN_START(t)  (task[t] == ready)
#define CAN_BEGIN(t)  (task[t] == running && toBegin[t] == number[t])
#define ENDED(t)      (outcome[AT(t, number[t])] != none)
#define CAN_TELL(t)   (task[t] == running && ENDED(t))
#ifdef NO_LOST
#define CAN_LOSE(t) false
#else
#define CAN_LOSE(t)   (task[t] == running && toBegin[t] != number[t] && !ENDED(t) && live[AT(t, number[t])] == 0)
#endif
#define CAN_PRESUME(t) (task[t] == running && toBegin[t] != number[t] && !ENDED(t) && MAY_FAIL)  /* its host does not answer */
#define CAN_INTEND(t) (task[t] == succeeded && landing[t] == none && !INTENT_OPEN)
#define CAN_LAND(t)   (landing[t] == intent)
#ifdef NO_NUMBER
#define CAN_TELL_OLD(t) (task[t] == running && number[t] > 1 && outcome[AT(t, number[t] - 1)] != none)
#else
#define CAN_TELL_OLD(t) false
#endif
#define HAS_WORK(t) (CAN_START(t) || CAN_BEGIN(t) || CAN_TELL(t) || CAN_TELL_OLD(t) || CAN_LOSE(t) || CAN_PRESUME(t) \
  || CAN_INTEND(t) || CAN_LAND(t))

inline enterRepository() { atomic { repositoryLock == 0 -> repositoryLock = me } }
inline leaveRepository() { repositoryLock = 0 }
#ifdef NO_EPOCH_LOCK
#define STILL_LEADS true
#else
#define STILL_LEADS (mine == epoch)
#endif

/* Epoch + 1, inside the repository lock: whoever is in there with the old one has left before. */
inline takeOver() {
#ifndef EPOCH_OUTSIDE_LOCK
  enterRepository();
#endif
  d_step {
    if
    :: owner == me -> epoch++; mine = epoch
    :: else -> leads = false                                    /* somebody else was quicker */
    fi }
#ifndef EPOCH_OUTSIDE_LOCK
  leaveRepository();
#endif
}

inline forget() { toBegin[0] = 0; toBegin[TASKS - 1] = 0 }

inline clear() { d_step { event = none; effect = none; isIn = false; seen = 0; t = 0; n = 0; base = 0 } }

inline append() {
  atomic {
    if
    :: !EPOCH_FITS(mine) -> leads = false                       /* fenced */
    :: EPOCH_FITS(mine) && !VERSION_FITS(seen) -> skip          /* stale: read again */
    :: EPOCH_FITS(mine) && VERSION_FITS(seen) ->
      if
      :: d_step { evolve(event, mine, t, n, base); if :: event == start -> toBegin[t] = n :: else fi }
      :: MAY_FAIL -> d_step { faults--; evolve(event, mine, t, n, base); forget() }  /* written, nobody was told */
      :: MAY_FAIL && lateEvent == none -> d_step {
          faults--; forget();                                   /* under way: written later, or never */
          lateEvent = event; lateEpoch = mine; lateVersion = seen; lateTask = t; lateNumber = n; lateFrom = base }
      fi
    fi
  }
}

/* Starts the attempt that this leadership decided. Directories are touched inside the lock, with the epoch read there. */
inline beginAttempt() {
  enterRepository();
  if
  :: STILL_LEADS -> d_step {
      live[AT(t, n)]++;
      assert(n != number[t] || live[AT(t, n)] == 1);            /* at most one live attempt with the current number */
      assert(!recorded[t]);                                     /* no recorded success is repeated */
      toBegin[t] = 0 }
  :: !STILL_LEADS -> leads = false
  fi;
  leaveRepository()
}

#ifdef NO_LOOKUP
#define LOOK_UP(t) false
#else
#define LOOK_UP(t) contains[t]
#endif
#ifdef NO_INTENT /* swapped first, logged after; without an intent a later leader has no commit to look for */
#define FIRST_ACT_OF_LANDING effect = land
#define IS_LANDING(t) (landing[t] == none)
#else
#define FIRST_ACT_OF_LANDING event = intent
#define IS_LANDING(t) (landing[t] == intent)
#endif

/* Compare-and-swap inside the lock, then read back: the same after a crash as the first time. */
inline landCandidate() {
  enterRepository();
  if
  :: STILL_LEADS -> d_step {
      if
      :: target == base ->
        assert(mine == epoch);                                  /* an old epoch never moves a ref after a take-over */
#ifndef LAND_ONCE_ONLY
        assert(landing[t] == intent && from[t] == base);        /* the target moves only with an intent in the log */
#endif
        target++; contains[t] = true; moves[t]++; isIn = true;
        assert(moves[t] == 1)                                   /* at most once per landing */
      :: else -> isIn = LOOK_UP(t)                              /* moved by us before a crash, or by somebody else */
      fi }
  :: !STILL_LEADS -> leads = false
  fi;
  leaveRepository();
  d_step {
    seen = version;
    if
    :: leads && IS_LANDING(t) -> event = (isIn -> landed : refuted)
    :: else
    fi;
    isIn = false }
}

inline decide(task_) {
  t = task_; n = number[t]; seen = version; base = from[t];
  if
  :: CAN_START(t) -> event = start; n = NEXT(t)
  :: CAN_BEGIN(t) -> effect = begin
  :: CAN_TELL(t) -> event = outcome[AT(t, n)]
  :: CAN_TELL_OLD(t) -> n = n - 1; event = outcome[AT(t, n)]
  :: CAN_LOSE(t) -> event = lost
  :: CAN_PRESUME(t) -> faults--; event = lost
  :: CAN_INTEND(t) -> base = target; FIRST_ACT_OF_LANDING
  :: CAN_LAND(t) -> effect = land
  fi
}

proctype leader(byte me) {
  byte mine, seen, t, n, base, toBegin[TASKS];
  mtype event = none, effect = none;
  bool leads, isIn;
  do
  :: ALL_OVER -> break
  :: !ALL_OVER ->
    {
      if
      :: ALL_OVER
      :: atomic { owner == 0 -> leads = true; owner = me }
      :: atomic { owner != 0 && owner != me && MAY_FAIL -> faults--; leads = true; owner = me }  /* from the living */
      fi;
      if :: leads -> takeOver() :: else fi;
      do
      :: atomic { !leads || ALL_OVER -> leads = false; mine = 0; forget(); break }
      :: atomic { leads && mine != epoch -> leads = false }     /* the log says so */
      :: leads && !ALL_OVER && mine == epoch ->
        atomic {
          if
          :: mine == epoch && HAS_WORK(0) -> decide(0)
#if TASKS == 2
          :: mine == epoch && HAS_WORK(1) -> decide(1)
#endif
          :: mine != epoch || ALL_OVER
          fi }
        if
        :: effect == begin -> beginAttempt()
        :: effect == land -> landCandidate()
        :: else
        fi;
        if
        :: event != none -> append()
        :: else
        fi;
        clear()
      od
    } unless {
      d_step { crashed == me ->                                 /* the kernel lets its lock go */
        crashed = 0; leads = false; mine = 0; forget(); clear();
        if :: repositoryLock == me -> repositoryLock = 0 :: else fi;
        if :: owner == me -> owner = 0 :: else fi }
    }
  od
}

/* A live attempt ends with an outcome that stays, or without a word. */
#define ATTEMPT(i) \
  :: atomic { live[i] > 0 -> live[i]--; if :: outcome[i] == none -> outcome[i] = success \
      :: outcome[i] == none -> outcome[i] = failure :: outcome[i] != none fi } \
  :: atomic { live[i] > 0 && MAY_FAIL -> faults--; live[i]-- }
#define ATTEMPTS(t) ATTEMPT(AT(t, 1)) ATTEMPT(AT(t, 2)) ATTEMPT(AT(t, 3)) ATTEMPT(AT(t, 4)) ATTEMPT(AT(t, 5))

proctype host() {
  do
  :: ALL_OVER -> break
  ATTEMPTS(0)
#if TASKS == 2
  ATTEMPTS(1)
#endif
  od
}

proctype person() { if :: target++ :: skip fi }

proctype wire() {
  do
  :: ALL_OVER -> break
  :: d_step { lateEvent != none ->
      if                                                        /* when it arrives; arriving too late is never arriving */
      :: EPOCH_FITS(lateEpoch) && VERSION_FITS(lateVersion) ->
        evolve(lateEvent, lateEpoch, lateTask, lateNumber, lateFrom)
      :: else
      fi;
      lateEvent = none; lateEpoch = 0; lateVersion = 0; lateTask = 0; lateNumber = 0; lateFrom = 0 }
  od
}

proctype demon() {
  do
  :: atomic { MAY_FAIL && crashed == 0 && owner != 0 -> faults--; crashed = owner }
  :: calm = true; break
  od
}

init { atomic { run leader(1); run leader(2); run host(); run person(); run wire(); run demon() } }
