/** What the training steps say, where people look for it: files, TensorBoard, MLflow. Fed from the topic. */
@NullMarked
package dev.troupe.trainer.report;

import org.jspecify.annotations.NullMarked;
