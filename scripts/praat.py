#!/usr/bin/env python3
"""What Praat measures, and how long openSMILE takes: peers of crates/gehoord-speech.

    python3 -m venv venv
    venv/bin/pip install praat-parselmouth==0.4.7 opensmile==2.6.0
    cargo xtask evaluate voice --python venv/bin/python

`praat.py measure FILE` prints a line for each 10 ms of a file of one channel: pitch (hertz, 0
without voice), level (decibels), and three formants (hertz), with the settings that
gehoord-speech has. `praat.py time FILE` prints how many seconds of processor time openSMILE's eGeMAPS
set takes on the file, without the start of Python. Both are tools for measuring only: nothing of them ships.
"""

import sys
import time


def measure(path):
    import math

    import parselmouth

    sound = parselmouth.Sound(path)
    pitch = sound.to_pitch_ac(
        time_step=0.01,
        pitch_floor=75.0,
        max_number_of_candidates=15,
        very_accurate=False,
        silence_threshold=0.03,
        voicing_threshold=0.45,
        octave_cost=0.01,
        octave_jump_cost=0.35,
        voiced_unvoiced_cost=0.14,
        pitch_ceiling=500.0,
    )
    level = sound.to_intensity(minimum_pitch=100.0, time_step=0.01)
    formants = sound.to_formant_burg(0.01, 4, 4000.0, 0.025, 50.0)
    usual = sound.to_formant_burg(0.01, 5, 5000.0, 0.025, 50.0)
    for i in range(int(sound.duration / 0.01)):
        at = i * 0.01
        values = [pitch.get_value_at_time(at), level.get_value(at)]
        values += [formants.get_value_at_time(n, at) for n in (1, 2, 3)]
        values += [usual.get_value_at_time(n, at) for n in (1, 2, 3)]
        print("\t".join("0" if math.isnan(v) else f"{v:.3f}" for v in values))


def smile(path):
    import opensmile

    made = opensmile.Smile(
        feature_set=opensmile.FeatureSet.eGeMAPSv02,
        feature_level=opensmile.FeatureLevel.LowLevelDescriptors,
    )
    start = time.process_time()
    made.process_file(path)
    print(f"{time.process_time() - start:.3f}")


if __name__ == "__main__":
    {"measure": measure, "time": smile}[sys.argv[1]](sys.argv[2])
